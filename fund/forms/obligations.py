"""The forms of an obligation and of its cancellation."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import BLANK, project_choices
from fund.forms.fields import DayField, PlainAmountField, read_amount
from fund.forms.payees import PayeeNameField
from fund.forms.reversals import ReversalForm
from fund.models import Category
from ledger.money import Amount, to_decimal
from ledger.queries import functional_currency


class ObligationForm(forms.Form):
    """The contract: for which project, with whom, what for, and until when."""

    project = forms.ChoiceField(label=_("Project"), choices=project_choices)
    payee = PayeeNameField()
    purpose = forms.CharField(label=_("What for"), max_length=200)
    category = forms.ChoiceField(label=_("Category"), choices=[BLANK, *Category.choices])
    let_on = DayField(label=_("Let on"), past=True, initial=timezone.localdate)
    ends_on = DayField(label=_("Expected end"))
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class CancellationForm(ReversalForm):
    """How much of each sub-fund is cancelled: at first all that is open. An empty amount leaves it open."""

    def __init__(self, *args: Any, lines: list[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.funds = [line.fund for line in lines]
        for line in lines:
            currency = functional_currency()
            label = _t("Cancelled of %(fund)s, in %(currency)s") % {"fund": line.fund, "currency": currency}
            initial = f"{to_decimal(line.open, currency):f}"
            self.fields[line.fund] = PlainAmountField(label=label, required=False, initial=initial)

    def clean(self) -> dict[str, Any]:
        """The amounts by sub-fund as `lines`, those that are empty left out."""
        found = super().clean() or self.cleaned_data
        lines: dict[str, Amount] = {}
        for fund in self.funds:
            text = found.pop(fund, "")
            if text:
                try:
                    lines[fund] = read_amount(text, functional_currency())
                except forms.ValidationError as error:
                    self.add_error(fund, error)
        return {**found, "lines": lines}
