"""What the trial balance is asked for."""

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import Choices, all_fund_choices
from fund.forms.fields import DayField
from fund.policy import GENERAL


def book_choices() -> Choices:
    """The sub-funds that an entry can belong to."""
    return [(GENERAL, GENERAL), *all_fund_choices()]


def scope_choices() -> Choices:
    """The whole fund, or one of its sub-funds."""
    return [("", now("The whole fund")), *book_choices()]


class TrialBalanceForm(forms.Form):
    """The day at whose end balances stand, and the sub-fund."""

    day = DayField(label=_("At the end of"), required=False)
    fund = forms.ChoiceField(label=_("Sub-fund"), choices=scope_choices, required=False)
