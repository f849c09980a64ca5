"""The forms of who decides: why a document is rejected, and to whom one's own right to approve is given."""

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import BLANK, Choices
from fund.forms.fields import DayField
from fund.roles import AUDITOR


def colleague_choices(user: User) -> Choices:
    """Who works in the fund, but for the reader and for auditors."""
    others = User.objects.filter(is_active=True).exclude(groups=None).exclude(groups__name=AUDITOR)
    found = others.exclude(pk=user.pk).distinct().order_by("username")
    return [BLANK, *((one.username, one.get_full_name() or one.username) for one in found)]


class RejectionForm(forms.Form):
    """Why a document is rejected."""

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("Who prepared it reads it on its page."))


class DelegationForm(forms.Form):
    """To whom, for which days, and why."""

    receiver = forms.ChoiceField(label=_("Who approves in your place"))
    since = DayField(label=_("First day"), initial=timezone.localdate)
    until = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("Such as a leave. Auditors read it."))

    def __init__(self, *args: object, user: User, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["receiver"].choices = colleague_choices(user)  # type: ignore[attr-defined]
