"""Which operation approves which kind of document. Rejecting is the same for all of them: see `approvals.reject`."""

from collections.abc import Callable

from django.contrib.auth.models import User

from fund.errors import StateUnfit
from fund.models import (
    Advance,
    Agreement,
    Allocation,
    Amendment,
    BankDetails,
    Cancellation,
    Decided,
    DepositReturn,
    Disbursement,
    ManualEntry,
    Refund,
    Reversal,
    SecretariatPayment,
    WriteOff,
)
from fund.operations.advances import approve_advance
from fund.operations.agreements import approve_agreement
from fund.operations.allocations import approve_allocation
from fund.operations.amendments import approve_amendment
from fund.operations.bank_details import approve_bank_details
from fund.operations.cancellations import approve_cancellation
from fund.operations.decided_reversals import approve_reversal
from fund.operations.deposit_returns import approve_deposit_return
from fund.operations.disbursements import approve_disbursement
from fund.operations.manual_entries import approve_manual_entry
from fund.operations.refunds import approve_refund
from fund.operations.secretariat import approve_payment
from fund.operations.write_offs import approve_write_off

APPROVE: dict[type[Decided], Callable[..., bool]] = {
    Agreement: approve_agreement,
    Amendment: approve_amendment,
    Cancellation: approve_cancellation,
    DepositReturn: approve_deposit_return,
    Allocation: approve_allocation,
    Disbursement: approve_disbursement,
    SecretariatPayment: approve_payment,
    Advance: approve_advance,
    BankDetails: approve_bank_details,
    WriteOff: approve_write_off,
    Refund: approve_refund,
    ManualEntry: approve_manual_entry,
    Reversal: approve_reversal,
}


def approve(document: Decided, *, by: User) -> bool:
    """Approves a document of any kind by its own operation; False where it needs another approver before it posts.

    Raises StateUnfit for a partner's report: each of its lines is accepted or questioned.
    """
    operation = APPROVE.get(type(document))
    if operation is None:
        raise StateUnfit(f"{document} is reviewed line by line, on its page or with `review_advance_report`.")
    return operation(document, by=by)
