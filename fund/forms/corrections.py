"""The forms of write-offs, refunds and manual entries."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import BLANK, Choices
from fund.forms.fields import AmountField, DayField, PlainAmountField, currency_choices, read_amount
from fund.forms.lines import filled_lines, line_formset
from fund.forms.runs import BankAccountField
from fund.models import Project
from fund.operations.applications import Word
from fund.operations.manual_entries import Line
from fund.policy import split_expense
from fund.queries.agreements import Due
from ledger.money import Amount
from ledger.queries import functional_currency


class GroundsField(forms.CharField):
    """Why something is corrected."""

    def __init__(self, help_text: Any = "") -> None:
        super().__init__(label=_("Why"), max_length=300, help_text=help_text)


class WriteOffForm(forms.Form):
    """What of each open instalment will not be paid; an empty amount leaves it owed."""

    dated_on = DayField(label=_("Dated"), past=True, initial=timezone.localdate)
    grounds = GroundsField(_("Who approves it reads it, and so do auditors. Name the letter, if there is one."))
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, dues: Sequence[Due], named: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.dues = dues
        for due in dues:
            owed = Amount(due.standing.outstanding, due.standing.currency)
            reference = due.instalment.reference
            facts = {"instalment": reference, "currency": owed.currency, "owed": owed, "day": due.instalment.due_on}
            self.fields[reference] = PlainAmountField(
                label=_t("Of %(instalment)s, in %(currency)s") % facts,
                help_text=_t("%(owed)s owed, due %(day)s.") % facts,
                initial=f"{owed.decimal:f}" if named == reference or len(dues) == 1 else "",
                required=False,
            )
        self.order_fields(["dated_on", *(due.instalment.reference for due in dues), "grounds", "note"])

    def clean(self) -> dict[str, Any]:
        """The amounts by instalment as `lines`, those that are empty left out."""
        found = super().clean() or self.cleaned_data
        lines: dict[str, Amount] = {}
        for due in self.dues:
            reference = due.instalment.reference
            text = found.pop(reference, "")
            try:
                lines |= {reference: read_amount(text, due.standing.currency)} if text else {}
            except forms.ValidationError as wrong:
                self.add_error(reference, wrong)
        return {**found, "lines": lines}


class RefundForm(forms.Form):
    """What goes back to a donor, and on which word."""

    amount = AmountField(label=_("Amount"))
    dated_on = DayField(label=_("Agreed on"), past=True, initial=timezone.localdate)
    word = forms.CharField(
        label=_("The donor's word"), max_length=60, help_text=_("The reference of the letter or message.")
    )
    word_on = DayField(label=_("Day of the donor's word"), past=True)
    grounds = GroundsField(_("Such as: the project is over, and the donor asks for the rest."))
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def to_facts(self) -> dict[str, Any]:
        """The cleaned values, as the operation takes them."""
        facts = dict(self.cleaned_data)
        return facts | {"word": Word(facts.pop("word"), facts.pop("word_on"))}


class RefundPaymentForm(forms.Form):
    """Out of which account a refund is paid, and when."""

    bank_account = BankAccountField(label=_("Bank account"))
    paid_on = DayField(label=_("Day of payment"), past=True, initial=timezone.localdate)
    amount = PlainAmountField(
        label=_("Amount that left"),
        required=False,
        help_text=_("Only where the account is in another currency: what the bank took of it."),
    )

    def clean(self) -> None:
        text, account = self.cleaned_data.get("amount"), self.cleaned_data.get("bank_account")
        try:
            self.cleaned_data["amount"] = read_amount(text, account.currency) if text and account else None
        except forms.ValidationError as wrong:
            self.add_error("amount", wrong)


class ManualEntryForm(forms.Form):
    """When and why an entry is made by hand."""

    dated_on = DayField(label=_("Dated"), past=True, initial=timezone.localdate)
    grounds = GroundsField(_("What happened, and why no other document fits. It stands in the journal for good."))
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


def _amount(label: Any, **options: Any) -> PlainAmountField:
    return PlainAmountField(label=label, required=False, **options)


class ManualLineForm(forms.Form):
    """One posting: a debit or a credit in its currency, and where that is a foreign one, what it is carried at."""

    account = forms.CharField(
        label=_("Account"), max_length=120, widget=forms.TextInput(attrs={"list": "accounts", "autocomplete": "off"})
    )
    fund = forms.ChoiceField(label=_("Sub-fund"))
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices, required=False)
    debit = _amount(_("Debit"))
    credit = _amount(_("Credit"))
    functional = _amount(_("Carried at"))

    def __init__(self, *args: Any, funds: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["fund"].choices = [BLANK, *funds]  # type: ignore[attr-defined]  # it is a ChoiceField
        # Not an initial that a blank line would have to repeat: nothing chosen is the functional currency.
        choices = [("", functional_currency()), *currency_choices()[1:]]
        self.fields["currency"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> None:
        values, functional = self.cleaned_data, functional_currency()
        debit, credit = values.get("debit"), values.get("credit")
        if bool(debit) == bool(credit):
            self.add_error("debit", _("Fill in the debit or the credit."))
            return
        currency, sign = values.get("currency") or functional, 1 if debit else -1
        try:
            amount = read_amount(debit or credit or "", currency)
            carried = read_amount(values.get("functional") or "0", functional) if currency != functional else amount
        except forms.ValidationError as wrong:
            self.add_error("debit" if debit else "credit", wrong)
            return
        if amount.minor <= 0 or carried.minor <= 0:
            self.add_error(
                "functional" if amount.minor > 0 else "debit" if debit else "credit",
                _("More than zero; in another currency also what it is carried at in %(currency)s.")
                % {"currency": functional},
            )
        values["amount"], values["functional"] = Amount(sign * amount.minor, currency), sign * carried.minor


ManualLines = line_formset(ManualLineForm, extra=2)


def to_lines(formset: Any) -> list[Line]:
    """The filled lines, as the operation takes them."""
    return [make_line(one["account"], one["fund"], one["amount"], one["functional"]) for one in filled_lines(formset)]


def make_line(account: str, fund: str, amount: Amount, functional: int) -> Line:
    """A line; a project's expense names its project by its account."""
    code, category = split_expense(account)
    project = Project.objects.filter(code=code).first() if category else None
    return Line(account, fund, amount, functional, project)
