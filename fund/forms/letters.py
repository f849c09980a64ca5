"""The form of a reminder."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fund.forms.donors import DonorField
from fund.forms.fields import DayField
from fund.models import Language, Way


class LetterForm(forms.Form):
    """To whom, when and how it is sent; without a language, in the donor's."""

    donor = DonorField()
    sent_on = DayField(label=_("Sent on"), past=True, initial=timezone.localdate)
    way = forms.ChoiceField(label=_("How it is sent"), choices=Way.choices)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("The donor’s")), *Language.choices], required=False
    )
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("For the record; it is no part of the letter.")
    )
