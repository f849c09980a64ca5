"""Payments of what is due to the Secretariat: prepared by one person, approved or rejected by another."""

from collections.abc import Mapping
from datetime import date

from django.contrib.auth.models import User

from fund import policy_treasury
from fund.errors import FundsFirst, SamePerson, StateUnfit, ValueInvalid
from fund.models import BankAccount, DisbursementState, SecretariatPayment, SecretariatPaymentLine
from fund.money import to_amount, to_money
from fund.operations import acts, limits
from fund.policy_treasury import SECRETARIAT
from ledger.money import Amount
from ledger.operations import writing
from ledger.queries import Scope, functional_currency, lowest


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
        acts.record("prepare payment", payment, by=by, detail=str(total))
    return payment


def approve_payment(payment: SecretariatPayment, *, by: User) -> None:
    """Approves and posts a payment; the limits are checked again. Raises SamePerson, StateUnfit, FundsFirst."""
    with writing():
        found = _get_prepared(payment, by)
        lines = {line.fund: to_amount(line.amount) for line in found.lines.order_by("pk")}
        acts.check_day(found.dated_on, "paid_on")
        _check_limits(lines, found.bank_account, found.dated_on)
        draft = policy_treasury.pay_secretariat(
            number=found.number,
            on=found.dated_on,
            bank=found.bank_account.account,
            lines=[(fund, amount.minor) for fund, amount in lines.items()],
            currency=functional_currency(),
        )
        acts.post(draft, by=by)
        _decide(found, DisbursementState.PAID, by)
        acts.record("approve payment", found, by=by, detail=str(to_amount(found.amount)))


def reject_payment(payment: SecretariatPayment, *, reason: str, by: User) -> None:
    """Rejects a payment that waits for approval. Raises SamePerson, StateUnfit, ValueInvalid."""
    reason = acts.clean_text(reason, field="reason", longest=300)
    with writing():
        found = _get_prepared(payment, by)
        found.reason = reason
        _decide(found, DisbursementState.REJECTED, by)
        acts.record("reject payment", found, by=by, detail=reason)


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
        check_due(fund, amount, on=on, field="lines")
        limits.check_cash(account, fund, amount, on=on)


def check_due(fund: str, amount: Amount, *, on: date, field: str) -> None:
    """Raises FundsFirst where the sub-fund owes the Secretariat less than `amount` on the day or any later one."""
    low = lowest(Scope(accounts=(SECRETARIAT,), funds=(fund,)), since=on, side=-1)
    if amount.minor > low.balance:
        owed = Amount(max(low.balance, 0), amount.currency)
        raise FundsFirst(f"{fund} owes the Secretariat {owed} on {low.on}; {amount} is more.", field=field)


def _get_prepared(payment: SecretariatPayment, by: User) -> SecretariatPayment:
    acts.require(by, "approve_disbursement")
    found = SecretariatPayment.objects.select_related("bank_account").get(pk=payment.pk)
    if found.state != DisbursementState.PREPARED:
        raise StateUnfit(f"{found} is {found.get_state_display().lower()} already.")
    if found.created_by_id == by.pk:
        raise SamePerson(f"You prepared {found}: another person decides on it.")
    return found


def _decide(payment: SecretariatPayment, state: DisbursementState, by: User) -> None:
    payment.state, payment.decided_by = state, by
    payment.save(update_fields=["state", "decided_by", "reason"])
