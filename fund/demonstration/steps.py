"""The kinds of things that happen in the demonstration's story. Pure.

`ago` is the day, counted back from the day the story is told; `due` days are counted the same way, so those still to
come are negative. Amounts are written as a person would: "USD 1,500.00". `key` names what later steps speak of.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pledged:
    """A pledge is announced."""

    ago: int
    key: str
    donor: str
    amount: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class For:
    """What an earmarked agreement is for."""

    projects: Sequence[str] = ()
    countries: Sequence[str] = ()
    ends: int | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """An agreement is signed and, unless it `waits`, approved. `due` are instalments: days ago, and how much."""

    ago: int
    key: str
    donor: str
    amount: str
    due: Sequence[tuple[int, str]]
    reference: str = ""
    pledge: str = ""
    earmark: For | None = None
    on_receipt: bool = False
    conditional: bool = False
    waits: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Milestoned:
    """A part of a conditional agreement's income is planned, due so many days ago; `accepted` is on what grounds."""

    ago: int
    agreement: str
    title: str
    due: int
    amount: str
    accepted: str = ""


@dataclass(frozen=True, slots=True)
class Deposited:
    """Money arrives from nobody knows whom."""

    ago: int
    key: str
    amount: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Identified:
    """A deposit turns out to be a donor's gift."""

    ago: int
    deposit: str
    donor: str


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """A part of an agreement's first instalment is written off, with another person's approval."""

    ago: int
    agreement: str
    amount: str
    why: str


@dataclass(frozen=True, slots=True)
class Refunded:
    """A donor gets back what came beyond an agreement's first instalment, on the donor's word of the day before."""

    ago: int
    agreement: str
    amount: str
    word: str
    why: str
    paid: int


@dataclass(frozen=True, slots=True)
class Entered:
    """A manual entry of a sub-fund is made, with another person's approval: accounts with their debits."""

    ago: int
    fund: str
    lines: Sequence[tuple[str, str]]
    why: str


@dataclass(frozen=True, slots=True)
class Charged:
    """A sub-fund bears indirect cost on its spending from now on, in per cent."""

    ago: int
    fund: str
    rate: str


@dataclass(frozen=True, slots=True)
class MonthEnded:
    """Of the month before, the bank's interest is recorded, indirect cost charged, what is open revalued, and each
    account reconciled with its statement; the bank debits `in_transit` only after it."""

    ago: int
    interest: str
    in_transit: str


@dataclass(frozen=True, slots=True)
class Received:
    """Money arrives for an agreement. `settles` is what it settles, where that is in another currency."""

    ago: int
    key: str
    agreement: str
    amount: str
    charges: str = ""
    settles: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """A gift arrives without an agreement."""

    ago: int
    key: str
    donor: str
    amount: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A project is set up."""

    ago: int
    code: str
    title: str
    recommendations: Sequence[int]
    countries: Sequence[str]
    ends: int
    description: str


@dataclass(frozen=True, slots=True)
class Allocated:
    """A project is given money of sub-funds (`POOL`, or an agreement's key) once approved, unless that `waits`."""

    ago: int
    key: str
    project: str
    lines: Sequence[tuple[str, str]]
    note: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment is prepared and, unless it waits or is rejected, approved.

    Its lines are sub-fund, project, category and amount.
    """

    ago: int
    key: str
    payee: str
    lines: Sequence[tuple[str, str, str, str]]
    waits: bool = False
    rejected: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Banked:
    """A payee's bank details are entered and, unless they wait, approved."""

    ago: int
    payee: str
    account: str
    bank: str
    country: str
    currency: str
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Advanced:
    """An implementing partner is sent money of a sub-fund for a project, with another person's approval."""

    ago: int
    key: str
    partner: str
    line: tuple[str, str, str]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reported:
    """A partner reports what it spent, by category; unless it waits, all of it is accepted but what is `questioned`.

    That is taken off the first category: how much, and why.
    """

    ago: int
    advance: str
    certified_by: str
    lines: Sequence[tuple[str, str]]
    questioned: tuple[str, str] | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Screened:
    """A payee is looked up in a list of sanctions; `cleared` is why a match was none of ours."""

    ago: int
    payee: str
    result: str
    note: str = ""
    cleared: str = ""


@dataclass(frozen=True, slots=True)
class CameBack:
    """A partner returns a part of an advance that it did not spend."""

    ago: int
    advance: str
    amount: str


@dataclass(frozen=True, slots=True)
class Undone:
    """Something is taken back: a pledge withdrawn, an agreement cancelled, another document reversed."""

    ago: int
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reminded:
    """A donor is reminded of all that is overdue."""

    ago: int
    donor: str
    way: str


Step = (
    Pledged
    | Signed
    | Milestoned
    | Received
    | Given
    | Deposited
    | Identified
    | Planned
    | Allocated
    | Paid
    | Banked
    | Screened
    | Advanced
    | Reported
    | CameBack
    | Undone
    | Reminded
    | WrittenOff
    | Refunded
    | Entered
    | Charged
    | MonthEnded
)
