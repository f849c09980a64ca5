"""What the fund refuses, each named for the fact and saying what would be allowed."""

from ledger.errors import Refused


class NotPermitted(Refused):
    """A person whose role does not allow the act."""


class CodeTaken(Refused):
    """A code or a reference that something else has already."""


class ValueInvalid(Refused):
    """A value that is missing or of the wrong form."""


class RateMissing(Refused):
    """No exchange rate for a currency on a day, or only one that is too old."""


class InstalmentsDiffer(Refused):
    """Instalments that do not add up to their agreement."""


class InstalmentSettled(Refused):
    """An amendment that would lower an instalment below what was received of it or otherwise settled."""


class MilestoneTooLarge(Refused):
    """A milestone that would make more income than is deferred."""


class PledgeUnfit(Refused):
    """A pledge that an agreement cannot fulfil."""


class ReceiptTooLarge(Refused):
    """A receipt beyond what is owed on the open instalments, or applied beyond what arrived."""


class ReceiptTwice(Refused):
    """A second receipt for the same bank reference."""


class PartsDiffer(Refused):
    """Parts of a deposit that do not add up to it."""


class WriteOffTooLarge(Refused):
    """A write-off of more than is owed."""


class RefundTooLarge(Refused):
    """A refund of more than can go back to the donor."""


class AccountBarred(Refused):
    """A manual entry on an account that documents answer for, or that the books do not know."""


class EntryUnbalanced(Refused):
    """A manual entry whose lines do not add up to zero in each sub-fund."""


class TextUnprintable(Refused):
    """A letter with a character that no font of it has."""


class LetterUnfit(Refused):
    """A reminder of nothing, or a second one of the same day."""


class UnappliedExceeded(Refused):
    """More of an unapplied balance than there is."""


class OutsideEarmark(Refused):
    """Money of a sub-fund for a project, country or day outside its earmark."""


class FundsFirst(Refused):
    """Money of a sub-fund beyond the cash that it has received."""


class AllocationExceeded(Refused):
    """Spending on a project beyond what was allocated to it."""


class AdvanceExceeded(Refused):
    """More of an advance reported, accepted or returned than is open of it."""


class ObligationUnfit(Refused):
    """A payment or a cancellation that an obligation does not cover."""


class ProjectClosed(Refused):
    """A contract, payment or allocation for a project that takes no more of them."""


class ProjectUnfinished(Refused):
    """The closure of a project that has something open or left."""


class PayeeBlocked(Refused):
    """Money for somebody with an uncleared match on a list of sanctions."""


class SamePerson(Refused):
    """A disbursement approved by who prepared it."""


class StateUnfit(Refused):
    """An act that the document's state does not allow, such as approving what is paid."""


class BookOpened(Refused):
    """A book that was opened before: the same file, by the SHA-256 of its bytes."""


class BalancesDiffer(Refused):
    """A book whose balances in ours are not those that it has by itself, or a statement of a bank that ours is not."""


class FileTypeRefused(Refused):
    """A file that is neither of the types that may be attached."""


class FileTooLarge(Refused):
    """A file that is larger than what may be attached."""


class KeyMissing(Refused):
    """A form that came without the key that makes it safe to send twice."""


class KeySpent(Refused):
    """A key that went with other content before, or that is another person's."""


class MonthNotOver(Refused):
    """A run of a month before its last day."""


class NothingToPost(Refused):
    """A run that finds nothing new since the one before."""


class RunTwice(Refused):
    """What stands already for the same account and month, or day."""


class RunOutOfOrder(Refused):
    """A run of a month before one that was run already."""
