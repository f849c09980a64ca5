"""The forms of runs, of what banks give and take, and of what comes in kind."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import BLANK, Choices, all_fund_choices, bank_account_choices, project_choices
from fund.forms.donors import LINK_TO_NEW, DonorField
from fund.forms.fields import AmountField, DayField, PlainAmountField, RateField, read_amount
from fund.models import BankAccount, Project, RecoveryBase
from fund.operations.in_kind import Gift
from fund.operations.recoveries import Terms
from fund.operations.transfers import TransferFacts
from fund.policy import GENERAL
from ledger.money import Amount
from ledger.queries import functional_currency


class MonthField(forms.CharField):
    """A month, as 2026-06."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"type": "month", "pattern": "[0-9]{4}-[0-9]{2}", "placeholder": "2026-06"})
        super().__init__(label=_("Month"), max_length=20, widget=widget, **options)


class BankAccountField(forms.ChoiceField):
    """A bank account, chosen by its code; cleans to the account itself."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=bank_account_choices, **options)

    def clean(self, value: Any) -> BankAccount | None:
        code = super().clean(value)
        return BankAccount.objects.get(code=code) if code else None


class MonthForm(forms.Form):
    """The month of a run."""

    month = MonthField()


class OwnAmountsForm(forms.Form):
    """A form with amounts in the currencies of its bank accounts. `accounts` says which amount is in whose."""

    accounts: Mapping[str, str] = {"amount": "bank_account"}

    def clean(self) -> None:
        for name, account in self.accounts.items():
            text, found = self.cleaned_data.get(name), self.cleaned_data.get(account)
            if not text or found is None:
                continue
            try:
                self.cleaned_data[name] = read_amount(text, found.currency)
            except ValidationError as wrong:
                self.add_error(name, wrong)


class InterestForm(OwnAmountsForm):
    """What a bank paid for a month."""

    bank_account = BankAccountField(label=_("Bank account"))
    month = MonthField()
    amount = PlainAmountField(label=_("Amount"), help_text=_("In the bank account's currency."))
    credited_on = DayField(
        label=_("Credited on"), past=True, required=False, help_text=_("The month's last day, if left empty.")
    )


class NoInterestForm(forms.Form):
    """That a bank paid nothing for a month."""

    bank_account = BankAccountField(label=_("Bank account"))
    month = MonthField()


def _bearers() -> Choices:
    return [
        ("", _("Every sub-fund but GENERAL, by its balance in the account")),
        *all_fund_choices(),
        (GENERAL, GENERAL),
    ]


class BankChargeForm(OwnAmountsForm):
    """What a bank took by itself."""

    bank_account = BankAccountField(label=_("Bank account"))
    charged_on = DayField(label=_("Charged on"), past=True)
    amount = PlainAmountField(label=_("Amount"), help_text=_("In the bank account's currency."))
    description = forms.CharField(label=_("What for"), max_length=200)
    fund = forms.ChoiceField(label=_("Borne by"), choices=_bearers, required=False)


class TransferForm(OwnAmountsForm):
    """What went from one account to another."""

    accounts = {"amount": "source", "charges": "source", "arrived": "target"}

    source = BankAccountField(label=_("From"))
    target = BankAccountField(label=_("To"))
    moved_on = DayField(label=_("Day"), past=True)
    amount = PlainAmountField(
        label=_("Amount that left"), help_text=_("In the currency of the account that it left, with the charges.")
    )
    charges = PlainAmountField(label=_("Charges kept of it"), required=False)
    arrived = PlainAmountField(
        label=_("Amount that arrived"), help_text=_("In the currency of the account that it reached.")
    )
    fund = forms.ChoiceField(label=_("Money of"), choices=_bearers, required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def to_facts(self) -> TransferFacts:
        """The cleaned values, as the operation takes them."""
        return TransferFacts(**(self.cleaned_data | {"charges": self.cleaned_data["charges"] or None}))


class InKindForm(forms.Form):
    """What a donor gave in kind."""

    donor = DonorField(help_text=LINK_TO_NEW())
    project = forms.ChoiceField(label=_("Project"), choices=project_choices)
    received_on = DayField(label=_("Received on"), past=True)
    description = forms.CharField(label=_("What was given"), max_length=200)
    amount = AmountField(label=_("Fair value"))
    measurement = forms.CharField(
        label=_("How it was measured"),
        max_length=300,
        help_text=_("Such as a price list, an invoice, or the salary scale of the hours given."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def to_gift(self) -> Gift:
        """The cleaned values, as the operation takes them."""
        facts = {name: value for name, value in self.cleaned_data.items() if name != "note"}
        return Gift(**(facts | {"project": Project.objects.get(code=facts["project"])}))


class TermsForm(forms.Form):
    """What a sub-fund bears of indirect cost."""

    starts_on = DayField(label=_("From"), help_text=_("After what is charged already."))
    rate = RateField(label=_("Rate in per cent"), help_text=_("Such as 12 or 7.5; 0 charges nothing from then on."))
    base = forms.ChoiceField(label=_("Of"), choices=RecoveryBase.choices, initial=RecoveryBase.EXPENDITURE)
    exempt = PlainAmountField(label=_("Free of charge"), required=False, help_text=_("The first so much of it."))
    ceiling = PlainAmountField(label=_("Ceiling"), required=False, help_text=_("No more than this in all."))

    def clean(self) -> None:
        for name in ("exempt", "ceiling"):
            text = self.cleaned_data.get(name)
            try:
                self.cleaned_data[name] = read_amount(text, functional_currency()) if text else None
            except ValidationError as wrong:
                self.add_error(name, wrong)

    def to_terms(self) -> Terms:
        """The cleaned values, as the operation takes them."""
        return Terms(**self.cleaned_data)


class PaymentForm(forms.Form):
    """What is paid to the Secretariat: a box for each sub-fund that owes it something, in the functional currency."""

    bank_account = forms.ChoiceField(label=_("Bank account"))
    paid_on = DayField(label=_("Day of payment"), initial=timezone.localdate)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, due: Mapping[str, int], **options: Any) -> None:
        super().__init__(*args, **options)
        self.due = due
        currency = functional_currency()
        own = [(code, name) for code, name in bank_account_choices() if str(name).endswith(f"· {currency}")]
        self.fields["bank_account"].choices = [BLANK, *own]  # type: ignore[attr-defined]  # it is a ChoiceField
        for fund, owed in due.items():
            amount = Amount(owed, currency)
            self.fields[f"pays_{fund}"] = PlainAmountField(
                label=_t("Of %(fund)s, in %(currency)s") % {"fund": fund, "currency": currency},
                help_text=_t("%(amount)s owed.") % {"amount": amount},
                initial=f"{amount.decimal:f}",
                required=False,
            )

    def clean_bank_account(self) -> BankAccount:
        return BankAccount.objects.get(code=self.cleaned_data["bank_account"])

    def to_lines(self) -> dict[str, Amount]:
        """What is paid of each sub-fund's debt."""
        typed = {fund: self.cleaned_data[f"pays_{fund}"] for fund in self.due}
        return {fund: read_amount(text, functional_currency()) for fund, text in typed.items() if text}
