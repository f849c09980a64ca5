"""The forms of bank details and of screenings, of payees and donors alike."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import BLANK
from fund.forms.fields import DayField, country_choices, currency_choices
from fund.models import ScreeningResult


class BankDetailsForm(forms.Form):
    """Where a payee or a donor is paid from a day on."""

    holder = forms.CharField(label=_("Account holder"), max_length=200)
    account = forms.CharField(
        label=_("IBAN or account number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("With or without blanks. An IBAN is checked by its digits and by its country."),
    )
    bic = forms.CharField(label=_("BIC"), max_length=20, required=False)
    bank = forms.CharField(label=_("Bank"), max_length=200)
    country = forms.ChoiceField(label=_("Country of the bank"), choices=lambda: [BLANK, *country_choices()])
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)
    valid_from = DayField(label=_("Holds from"), initial=timezone.localdate)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=300, help_text=_("Who asked for it, and how you checked that.")
    )


class ScreeningForm(forms.Form):
    """What a list has of a name."""

    screened_on = DayField(label=_("Screened on"), past=True, initial=timezone.localdate)
    list_name = forms.CharField(label=_("List"), max_length=100, help_text=_("Its name and the day of its issue."))
    result = forms.ChoiceField(
        label=_("Result"),
        choices=[BLANK, *(choice for choice in ScreeningResult.choices if choice[0] != ScreeningResult.CLEARED)],
        help_text=_("A match blocks every payment until an approver other than you clears it."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=200, help_text=_("What was found; needed for a match.")
    )


class ClearingForm(forms.Form):
    """Why a match is none of ours."""

    on = DayField(label=_("Dated"), past=True, initial=timezone.localdate)
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("How you know that it is somebody else."))


def to_initial(details: Any) -> dict[str, Any]:
    """What a change of bank details begins with: all that may stay, and never the number itself."""
    if details is None:
        return {}
    return {name: getattr(details, name) for name in ("holder", "bic", "bank", "country", "currency")}
