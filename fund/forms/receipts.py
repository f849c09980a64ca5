"""The forms of a receipt: which agreement or donor it is of, and what the bank says of it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import bank_account_choices
from fund.forms.donors import DonorField
from fund.forms.fields import DayField, PlainAmountField, TwinField, read_amount
from fund.models import Agreement, BankAccount
from fund.operations.receipts import Facts
from fund.queries.agreements import Due
from ledger.money import Amount


class ChooseForm(forms.Form):
    """Words that find the agreement that a receipt is of."""

    q = forms.CharField(label=_("Number, donor or reference"), required=False, max_length=100)


class GiftForm(forms.Form):
    """The donor of a receipt without an agreement."""

    donor = DonorField()


class ReceiptForm(forms.Form):
    """What the bank says. Amounts are in the bank account's currency."""

    bank_account = forms.ChoiceField(label=_("Bank account"), choices=bank_account_choices)
    received_on = DayField(label=_("Received on"), past=True)
    amount = PlainAmountField(label=_("Amount that arrived"), help_text=_("In the bank account's currency."))
    charges = PlainAmountField(
        label=_("Charges kept by banks on the way"),
        required=False,
        help_text=_("In the same currency, beside the amount that arrived."),
    )
    reference = forms.CharField(
        label=_("Bank reference"), max_length=60, help_text=_("As on the bank's statement: it stands for this money.")
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)
    accept_twin = TwinField()

    def clean_bank_account(self) -> BankAccount:
        return BankAccount.objects.get(code=self.cleaned_data["bank_account"])

    def clean(self) -> None:
        account = self.cleaned_data.get("bank_account")
        for name in ("amount", "charges"):
            text = self.cleaned_data.get(name)
            if account and text:
                self._read(name, text, account.currency)

    def _read(self, name: str, text: str, currency: str) -> None:
        try:
            self.cleaned_data[name] = read_amount(text, currency)
        except ValidationError as wrong:
            self.add_error(name, wrong)

    def to_facts(self) -> Facts:
        """The cleaned values, as the operations take them."""
        names = ("bank_account", "received_on", "amount", "reference", "note")
        return Facts(**{name: self.cleaned_data[name] for name in names}, charges=self.cleaned_data["charges"] or None)


class AgreementReceiptForm(ReceiptForm):
    """A receipt of an agreement: with a box for each of its instalments, in the agreement's currency.

    `dues` are all instalments, and not only those that are owed something: one that another officer settled meanwhile
    is refused by name, instead of being passed over.
    """

    accept_excess = forms.BooleanField(
        label=_("Keep what is more than owed as unapplied, until the donor says what it is for"), required=False
    )

    def __init__(self, *args: Any, agreement: Agreement, dues: tuple[Due, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency = str(agreement.amount.currency)
        self.dues = dues
        for due in dues:
            self.fields[_name(due)] = PlainAmountField(
                label=_t("%(instalment)s, due %(day)s") % {"instalment": due.instalment, "day": due.instalment.due_on},
                help_text=_t("%(amount)s owed.") % {"amount": Amount(due.standing.outstanding, self.currency)},
                required=False,
            )

    def boxes(self) -> list[BoundField]:
        """The boxes of the instalments that are owed something, or that something was typed for."""
        boxes = [(due, self[_name(due)]) for due in self.dues]
        return [box for due, box in boxes if due.standing.outstanding > 0 or box.value()]

    def clean(self) -> None:
        super().clean()
        for due in self.dues:
            if text := self.cleaned_data.get(_name(due)):
                self._read(_name(due), text, self.currency)

    def to_lines(self) -> dict[str, Amount] | None:
        """What it settles of which instalment; None, the earliest due first, where every box is empty."""
        typed = {due.instalment.reference: self.cleaned_data[_name(due)] for due in self.dues}
        return {reference: amount for reference, amount in typed.items() if amount} or None

    def find_box(self, message: str) -> str | None:
        """The box that a refusal concerns: of the instalment that it names, or the first that something is in."""
        words = {word.rstrip(".:,") for word in message.split()}
        named = [_name(due) for due in self.dues if due.instalment.reference in words]
        filled = [box.name for box in self.boxes() if box.value()]
        return next(iter([*named, *filled, *(box.name for box in self.boxes())]), None)


def _name(due: Due) -> str:
    return f"settles_{due.instalment.position}"
