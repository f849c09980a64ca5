"""The form of a project's budget."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import BLANK
from fund.forms.fields import DayField, PlainAmountField, read_amount
from fund.forms.lines import line_formset
from fund.models import BUDGET_CATEGORIES
from fund.operations.budgets import Planned
from ledger.money import Amount
from ledger.queries import functional_currency


class BudgetForm(forms.Form):
    """When the version was decided."""

    decided_on = DayField(label=_("Decided on"), past=True, initial=timezone.localdate)
    note = forms.CharField(label=_("What changes"), required=False, max_length=300)


class BudgetLineForm(forms.Form):
    """What an output is planned to cost in a year and category."""

    output = forms.CharField(label=_("Output"), max_length=200)
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2099)
    category = forms.ChoiceField(label=_("Category"), choices=[BLANK, *BUDGET_CATEGORIES])
    amount = PlainAmountField(label=_("Amount"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["amount"].label = _t("Amount in %(currency)s") % {"currency": functional_currency()}

    def clean_amount(self) -> Amount:
        return read_amount(self.cleaned_data["amount"], functional_currency())


BudgetLines = line_formset(BudgetLineForm)


def to_planned(lines: list[dict[str, Any]]) -> list[Planned]:
    """The cleaned lines, as the operation takes them."""
    return [Planned(line["output"], line["year"], line["category"], line["amount"]) for line in lines]
