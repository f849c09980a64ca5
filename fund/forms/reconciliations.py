"""The form of a bank's statement beside the books."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fund.forms.fields import DayField, PlainAmountField, read_amount
from fund.forms.lines import filled_lines, line_formset
from fund.forms.runs import BankAccountField, OwnAmountsForm
from fund.operations.reconciliations import BankStatement, Difference
from ledger.money import Amount


class ReconciliationForm(OwnAmountsForm):
    """What the statement says."""

    accounts = {"balance": "bank_account"}

    bank_account = BankAccountField(label=_("Bank account"))
    dated_on = DayField(label=_("The statement's last day"), past=True)
    reference = forms.CharField(label=_("The statement's number"), max_length=60)
    balance = PlainAmountField(
        label=_("Closing balance"),
        help_text=_("As the bank prints it, in the account's currency. With a minus where it is overdrawn."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def to_statement(self) -> BankStatement:
        """The cleaned values, as the operation takes them."""
        facts = self.cleaned_data
        return BankStatement(facts["bank_account"], facts["dated_on"], facts["reference"], facts["balance"])


class DifferenceForm(forms.Form):
    """What one of the two has and the other has not yet, in the currency of the bank account."""

    text = forms.CharField(label=_("What"), max_length=200)
    amount = PlainAmountField(label=_("Amount"))

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency = currency

    def clean_amount(self) -> Amount:
        return read_amount(self.cleaned_data["amount"], self.currency)


DifferenceLines = line_formset(DifferenceForm)


def to_differences(formset: Any) -> list[Difference]:
    """The filled lines, as the operation takes them."""
    return [Difference(line["text"], line["amount"]) for line in filled_lines(formset)]
