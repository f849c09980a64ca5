"""Charges that a bank takes by itself."""

from datetime import date

from django.contrib.auth.models import User

from fund import policy_treasury
from fund.models import BankAccount, BankCharge, BankChargeLine
from fund.money import to_money
from fund.operations import acts
from fund.operations.cash import divide, take_out
from fund.policy_treasury import Taken
from fund.queries.rates import carry
from ledger.money import Amount, split
from ledger.operations import writing
from ledger.queries import functional_currency


def record_bank_charge(
    *, bank_account: BankAccount, charged_on: date, amount: Amount, description: str, by: User, fund: str = ""
) -> BankCharge:
    """Records what a bank took, of one sub-fund, or of all by their balances that day where `fund` is empty.

    Raises FundsFirst, RateMissing, ValueInvalid, YearNotOpen, PeriodClosed.
    """
    acts.require(by, "add_bankcharge")
    with writing():
        acts.check_day(charged_on, "charged_on")
        parts = divide(bank_account, amount, fund, on=charged_on)
        charge = BankCharge(bank_account=bank_account, dated_on=charged_on, amount=to_money(amount), created_by=by)
        charge.description = acts.clean_text(description, field="description", longest=200)
        charge.number = acts.take_number(BankCharge, charged_on)
        charge.save(force_insert=True)
        BankChargeLine.objects.bulk_create(
            BankChargeLine(run=charge, fund=code, amount=to_money(Amount(part, amount.currency)))
            for code, part in parts.items()
        )
        expenses = split(carry(amount, charged_on).functional, list(parts.values()))
        taken = [
            Taken(code, take_out(bank_account, code, part), expense)
            for (code, part), expense in zip(parts.items(), expenses, strict=True)
        ]
        draft = policy_treasury.take_charges(
            number=charge.number,
            payee=bank_account.name,
            on=charged_on,
            bank=bank_account.account,
            taken=taken,
            description=charge.description,
            currency=functional_currency(),
        )
        acts.post(draft, by=by)
        acts.record("record bank charge", charge, by=by, detail=f"{bank_account.code}: {amount}")
    return charge
