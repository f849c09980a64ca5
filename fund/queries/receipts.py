"""What became of a receipt."""

from fund import policy
from fund.models import Receipt
from ledger.queries import document_totals


def realised_difference(receipt: Receipt) -> int:
    """What exchange rates gained (positive) or lost between signature and receipt, in the functional currency."""
    posted = document_totals([receipt.number], accounts=(policy.EXCHANGE,))
    return -sum(functional for _, functional in posted.values())
