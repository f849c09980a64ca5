"""The forms of allocations: given, returned, moved."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import Choices, project_choices
from fund.forms.fields import DayField, PlainAmountField, read_amount
from fund.forms.lines import BaseLines, filled_lines, line_formset
from ledger.money import Amount
from ledger.queries import functional_currency


class AllocationForm(forms.Form):
    """The project that gets money, and the day of the decision."""

    project = forms.ChoiceField(label=_("Project"), choices=project_choices)
    decided_on = DayField(label=_("Decided on"), past=True, initial=timezone.localdate)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class MoveForm(AllocationForm):
    """The project that gives, and the one that gets."""

    source = forms.ChoiceField(label=_("From project"), choices=project_choices)
    project = forms.ChoiceField(label=_("To project"), choices=project_choices)
    field_order = ("source", "project", "decided_on", "note")


class AllocationLineForm(forms.Form):
    """What is taken of one sub-fund, in the functional currency."""

    fund = forms.ChoiceField(label=_("Sub-fund"))
    amount = PlainAmountField(label=_("Amount"))

    def __init__(self, *args: Any, funds: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["fund"].choices = funds  # type: ignore[attr-defined]  # it is a ChoiceField
        self.fields["amount"].label = _t("Amount in %(currency)s") % {"currency": functional_currency()}

    def clean_amount(self) -> Amount:
        return read_amount(self.cleaned_data["amount"], functional_currency())


class BaseAllocationLines(BaseLines):
    """The lines of an allocation, each of another sub-fund."""

    def clean(self) -> None:
        named = [line["fund"] for line in filled_lines(self) if "fund" in line]
        twice = next((fund for fund in named if named.count(fund) > 1), None)
        if twice:
            raise ValidationError(_("%(fund)s stands in two lines: put it into one."), params={"fund": twice})


AllocationLines = line_formset(AllocationLineForm, base=BaseAllocationLines)
