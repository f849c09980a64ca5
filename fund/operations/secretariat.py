"""Payments of what is due to the Secretariat: prepared by one person, approved or rejected by another."""

from collections.abc import Mapping
from datetime import date

from django.contrib.auth.models import User

from fund import policy_treasury
from fund.errors import ValueInvalid
from fund.models import BankAccount, DisbursementState, SecretariatPayment, SecretariatPaymentLine
from fund.money import to_amount, to_money
from fund.operations import acts, limits
from fund.operations.approvals import add_approval, decide, get_prepared
from fund.policy_treasury import SECRETARIAT
from ledger.money import Amount
from ledger.operations import writing
from ledger.queries import functional_currency


def prepare_payment(
    *, bank_account: BankAccount, paid_on: date, lines: Mapping[str, Amount], by: User, note: str = ""
) -> SecretariatPayment:
    """Records what is to be paid of each sub-fund's debt; nothing is posted until another person approves.

    Raises FundsFirst beyond the debt or the cash, ValueInvalid, YearNotOpen.
    """
    acts.require(by, "add_secretariatpayment")
    _check_lines(lines, bank_account)
    with writing():
        acts.check_day(paid_on, "paid_on")
        _check_limits(lines, bank_account, paid_on)
        total = Amount(sum(amount.minor for amount in lines.values()), bank_account.currency)
        payment = SecretariatPayment(bank_account=bank_account, dated_on=paid_on, amount=to_money(total), created_by=by)
        payment.number = acts.take_number(SecretariatPayment, paid_on)
        payment.note = acts.clean_text(note, field="note", longest=300, required=False)
        payment.save(force_insert=True)
        SecretariatPaymentLine.objects.bulk_create(
            SecretariatPaymentLine(run=payment, fund=fund, amount=to_money(amount)) for fund, amount in lines.items()
        )
        acts.record("prepare secretariat payment", payment, by=by, detail=str(total))
    return payment


def approve_payment(payment: SecretariatPayment, *, by: User) -> bool:
    """Approves a payment and posts it; False where it needs another approver before that.

    The limits are checked again. Raises SamePerson, StateUnfit, FundsFirst.
    """
    with writing():
        found = get_prepared(payment, by=by)
        lines = {line.fund: to_amount(line.amount) for line in found.lines.order_by("pk")}
        acts.check_day(found.dated_on, "paid_on")
        _check_limits(lines, found.bank_account, found.dated_on)
        total = to_amount(found.amount)
        if not add_approval(found, functional=total.minor, by=by):
            acts.record("approve payment as the first of two", found, by=by, detail=str(total))
            return False
        draft = policy_treasury.pay_secretariat(
            number=found.number,
            on=found.dated_on,
            bank=found.bank_account.account,
            lines=[(fund, amount.minor) for fund, amount in lines.items()],
            currency=functional_currency(),
        )
        acts.post(draft, by=by)
        decide(found, DisbursementState.PAID, by=by)
        acts.record("approve secretariat payment", found, by=by, detail=str(total))
    return True


def _check_lines(lines: Mapping[str, Amount], account: BankAccount) -> None:
    currency = functional_currency()
    if account.currency != currency:
        raise ValueInvalid(
            f"The Secretariat is owed {currency}: choose an account in {currency}, or transfer money to one first.",
            field="bank_account",
        )
    if not lines:
        raise ValueInvalid("A payment pays the debt of at least one sub-fund.", field="lines")
    for amount in lines.values():
        acts.check_positive(amount, "lines")
        if amount.currency != currency:
            raise ValueInvalid(f"The Secretariat is owed {currency}: the amounts are in it.", field="lines")


def _check_limits(lines: Mapping[str, Amount], account: BankAccount, on: date) -> None:
    for fund, amount in lines.items():
        limits.check_owed(SECRETARIAT, fund, amount.minor, on=on)
        limits.check_cash(account, fund, amount, on=on)
