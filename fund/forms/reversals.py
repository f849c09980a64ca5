"""The form of every correction: what is posted is reversed on a day, for a reason, and never edited."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fund.forms.fields import DayField


class ReversalForm(forms.Form):
    """When and why something is reversed, withdrawn or cancelled."""

    on = DayField(label=_("Dated"), past=True, initial=timezone.localdate)
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("It stands in the journal for good."))
