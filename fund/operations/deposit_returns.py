"""Returns of unidentified deposits to their senders: prepared by one person, approved by another."""

from datetime import date

from django.contrib.auth.models import User

from fund import policy_deposits
from fund.models import DepositReturn, Identity, Placement, Receipt, State
from fund.money import to_amount
from fund.operations import acts, limits
from fund.operations.approvals import add_approval, decide, get_prepared
from fund.operations.deposits import get_open, load_deposit, set_identity
from ledger.operations import writing
from ledger.queries import functional_currency


def prepare_deposit_return(receipt: Receipt, *, on: date, reason: str, by: User) -> DepositReturn:
    """Records that a deposit is to go back to its sender; it waits as it is until another person approves.

    Raises StateUnfit where it is placed or another return of it waits, FundsFirst, YearNotOpen, PeriodClosed,
    ValueInvalid.
    """
    acts.require(by, "add_depositreturn")
    reason = acts.clean_text(reason, field="reason", longest=200)
    with writing():
        limits.check_no_return_waits(receipt)
        found = get_open(receipt, on)
        load_deposit(found, on)
        position = found.returns.count() + 1
        prepared = DepositReturn(receipt=found, position=position, number=f"{found.number}/D{position}")
        prepared.dated_on, prepared.grounds, prepared.created_by = on, reason, by
        prepared.save(force_insert=True)
        acts.record("prepare deposit return", prepared, by=by, detail=f"{to_amount(found.amount)}: {reason}")
    return prepared


def approve_deposit_return(document: DepositReturn, *, by: User) -> bool:
    """Approves a return and posts it, dated its own day; False where it needs another approver before that.

    Raises SamePerson, and what preparing raises, since others may have acted between.
    """
    with writing():
        found = get_prepared(document, by=by)
        receipt = get_open(found.receipt, found.dated_on)
        deposit = load_deposit(receipt, found.dated_on)
        if not add_approval(found, functional=deposit.owed.functional, by=by):
            acts.record("approve return as the first of two", found, by=by, detail=found.grounds)
            return False
        _post(found, receipt, deposit, by)
        decide(found, State.APPROVED, by=by)
        acts.record("approve deposit return", found, by=by, detail=found.grounds)
    return True


def _post(found: DepositReturn, receipt: Receipt, deposit: policy_deposits.Deposit, by: User) -> None:
    on, reason = found.dated_on, found.grounds
    Placement.objects.create(receipt=receipt, placed_on=on, returned=True, reason=reason, created_by=by)
    draft = policy_deposits.return_deposit(
        deposit, number=found.number, on=on, reason=reason, currency=functional_currency()
    )
    acts.post(draft, by=by)
    set_identity(receipt, Identity.RETURNED)
    acts.record("return deposit", receipt, by=by, detail=f"{found}: {reason}")
