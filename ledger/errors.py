"""What the books refuse, each named for the fact and saying what would be allowed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self


class Refused(Exception):
    """A request that the books cannot take; nothing of it was written.

    `message` is one sentence or two for the person at the screen. `field` names the input that it concerns
    (a form field, an import column), or is empty when it concerns the whole. `lines` are the places, from 1 on, of the
    lines of several that it concerns; the message begins with them.
    """

    def __init__(self, message: str, *, field: str = "", lines: Sequence[int] = ()) -> None:
        self.unnumbered = message
        named = f"{'Line' if len(lines) == 1 else 'Lines'} {', '.join(map(str, lines))}: " if lines else ""
        self.message = f"{named}{message}"
        super().__init__(self.message)
        self.field = field
        self.lines = lines

    def of_lines(self, lines: Sequence[int]) -> Self:
        """The same refusal, of these lines."""
        return type(self)(self.unnumbered, field=self.field, lines=lines)


class BooksBusy(Refused):
    """A wait for the other writers of the books that took too long."""


class DatabaseUnsafe(Refused):
    """A database whose settings could lose or mix up what it accepted."""


class UnknownCurrency(Refused):
    """A code that is not an ISO 4217 currency of money."""


class AmountInvalid(Refused):
    """A text that is not an amount of its currency: bad form, too many decimals, too large."""


class EntryInvalid(Refused):
    """A draft that fails a check of the ledger or of Beancount."""


class YearNotOpen(Refused):
    """A date outside the fiscal years that take entries."""


class PeriodClosed(Refused):
    """A date in a period that is closed."""


class PeriodNotDue(Refused):
    """A closing out of its order, or before the period is over."""


class PeriodUnknown(Refused):
    """A text that names no month and no year."""


class CertificateInvalid(Refused):
    """A file that is not a certificate, or not as it was written."""


class YearInvalid(Refused):
    """A fiscal year that cannot be opened."""


class AccountInvalid(Refused):
    """An account that cannot be opened: its name or its currency."""


class AlreadyReversed(Refused):
    """An entry that was reversed before, or is a reversal itself."""


class EntryUnknown(Refused):
    """A number that no entry has."""


class FolderOccupied(Refused):
    """A folder that holds other things than a book written before."""


class BookNotWritten(Refused):
    """A folder or a disk that does not take the book."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a text: the line, counted from 1, or 0 where it concerns the whole."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


class BookUnfit(Refused):
    """A book of somebody else that these books cannot take. `findings` are all reasons, in the order of its lines."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sorted(dict.fromkeys(findings), key=lambda finding: finding.line)
        super().__init__("\n".join(map(str, self.findings)))
