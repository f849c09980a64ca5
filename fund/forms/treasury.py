"""The forms of bank accounts, exchange rates and fiscal years."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import BLANK, Choices
from fund.forms.fields import DayField, RateField, currency_choices
from ledger.queries import functional_currency, open_years


class BankAccountForm(forms.Form):
    """What is said of a bank account."""

    code = forms.CharField(
        label=_("Code"),
        max_length=30,
        help_text=_("Capital letters, digits and hyphens, such as CITI-USD. Part of its account: it never changes."),
    )
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("The bank, and what the account is for."))
    currency = forms.ChoiceField(
        label=_("Currency"), choices=currency_choices, help_text=_("What the account holds. It never changes.")
    )


def foreign_currency_choices() -> Choices:
    """Every currency but the functional one, which needs no rate."""
    return [BLANK, *((code, name) for code, name in currency_choices() if code != functional_currency())]


class RateForm(forms.Form):
    """A rate of one currency from a day on. The confirmation is asked for only where it is needed."""

    currency = forms.ChoiceField(label=_("Currency"), choices=foreign_currency_choices)
    effective_on = DayField(label=_("In force from"), initial=timezone.localdate)
    rate = RateField(label=_("Rate"))
    confirmed = forms.BooleanField(label=_("The rate is right"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["rate"].help_text = now(
            "How many %(functional)s one unit of the currency is worth, such as 0.7525 %(functional)s per 1 CAD."
        ) % {"functional": functional_currency()}
        if not self.data.get("confirmed"):
            self.fields["confirmed"].widget = forms.HiddenInput()

    def ask_to_confirm(self) -> None:
        """Shows the confirmation."""
        self.fields["confirmed"].widget = forms.CheckboxInput()


class YearForm(forms.Form):
    """A calendar year to open."""

    year = forms.IntegerField(label=_("Year"), help_text=_("A calendar year. It takes entries as soon as it is open."))

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if year in open_years():
            raise forms.ValidationError(now("%(year)d is open already.") % {"year": year})
        return year
