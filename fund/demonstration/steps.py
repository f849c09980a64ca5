"""The kinds of things that happen in the demonstration's story. Pure.

`ago` is the day, counted back from the day the story is told; `due` days are counted the same way, so those still to
come are negative. Amounts are written as a person would: "USD 1,500.00". `key` names what later steps speak of.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens."""

    ago: int


@dataclass(frozen=True, slots=True)
class Pledged(Step):
    """A pledge is announced."""

    key: str
    donor: str
    amount: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class For:
    """What an earmarked agreement is for; `themes` are numbers of sections of the recommendations."""

    projects: Sequence[str] = ()
    countries: Sequence[str] = ()
    ends: int | None = None
    themes: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Signed(Step):
    """An agreement is signed and, unless it `waits`, approved. `due` are instalments: days ago, and how much."""

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
class Extended(Step):
    """An earmarked agreement's money may be spent for longer, with another person's approval; it `ends` then."""

    agreement: str
    ends: int
    why: str


@dataclass(frozen=True, slots=True)
class Milestoned(Step):
    """A part of a conditional agreement's income is planned, due so many days ago; `accepted` is on what grounds."""

    agreement: str
    title: str
    due: int
    amount: str
    accepted: str = ""


@dataclass(frozen=True, slots=True)
class Deposited(Step):
    """Money arrives from nobody knows whom."""

    key: str
    amount: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Identified(Step):
    """A deposit turns out to be a donor's gift."""

    deposit: str
    donor: str


@dataclass(frozen=True, slots=True)
class Applied(Step):
    """What came beyond an agreement's first instalment goes to one of another, on the donor's word that day.

    The cash goes with it from one sub-fund to the other.
    """

    agreement: str
    amount: str
    word: str
    to: str
    position: int


@dataclass(frozen=True, slots=True)
class WrittenOff(Step):
    """A part of an agreement's first instalment is written off, with another person's approval."""

    agreement: str
    amount: str
    why: str


@dataclass(frozen=True, slots=True)
class Refunded(Step):
    """A donor gets back what came beyond an agreement's first instalment, on the donor's word of the day before."""

    agreement: str
    amount: str
    word: str
    why: str
    paid: int


@dataclass(frozen=True, slots=True)
class Entered(Step):
    """A manual entry of a sub-fund is made, with another person's approval: accounts with their debits."""

    fund: str
    lines: Sequence[tuple[str, str]]
    why: str


@dataclass(frozen=True, slots=True)
class Charged(Step):
    """A sub-fund bears indirect cost on its spending from now on, in per cent."""

    fund: str
    rate: str


@dataclass(frozen=True, slots=True)
class MonthEnded(Step):
    """Of the month before, the bank's interest is recorded, indirect cost charged, what is open revalued, and each
    account reconciled with its statement; the bank debits `in_transit` only after it."""

    interest: str
    in_transit: str


@dataclass(frozen=True, slots=True)
class Transferred(Step):
    """Money of a sub-fund moves to another bank account; banks keep `charges` of what leaves."""

    fund: str
    amount: str
    charges: str
    arrived: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class BankCharged(Step):
    """A bank takes its charges."""

    amount: str
    what: str


@dataclass(frozen=True, slots=True)
class SecretariatPaid(Step):
    """The Secretariat is paid indirect cost that a sub-fund owes it, with another person's approval."""

    fund: str
    amount: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Closed(Step):
    """The months that are over by then are closed."""


@dataclass(frozen=True, slots=True)
class Attached(Step):
    """A file is put to a document: what it is, its title and its text."""

    key: str
    what: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Delegated(Step):
    """The second approver gives the officer the right to approve, from that day until another one."""

    until: int
    why: str


@dataclass(frozen=True, slots=True)
class Received(Step):
    """Money arrives for an agreement. `settles` is what it settles, where that is in another currency."""

    key: str
    agreement: str
    amount: str
    charges: str = ""
    settles: str = ""


@dataclass(frozen=True, slots=True)
class Given(Step):
    """A gift arrives without an agreement."""

    key: str
    donor: str
    amount: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class GivenInKind(Step):
    """Something other than money is given for a project; `measured` is how its value was found."""

    donor: str
    project: str
    amount: str
    what: str
    measured: str


@dataclass(frozen=True, slots=True)
class Planned(Step):
    """A project is set up."""

    code: str
    title: str
    recommendations: Sequence[int]
    countries: Sequence[str]
    ends: int
    description: str


@dataclass(frozen=True, slots=True)
class Budgeted(Step):
    """A project is budgeted: output, years from this one on, category and amount."""

    project: str
    lines: Sequence[tuple[str, int, str, str]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Allocated(Step):
    """A project is given money of sub-funds (`POOL`, or an agreement's key) once approved, unless that `waits`."""

    key: str
    project: str
    lines: Sequence[tuple[str, str]]
    note: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Let(Step):
    """A contract is let for a project: it reserves money of a sub-fund until it `ends`."""

    key: str
    project: str
    payee: str
    purpose: str
    category: str
    line: tuple[str, str]
    ends: int


@dataclass(frozen=True, slots=True)
class Paid(Step):
    """A payment is prepared and, unless it waits or is rejected, approved.

    Its lines are sub-fund, project, category and amount, all out of the `obligation` where one is named.
    """

    key: str
    payee: str
    lines: Sequence[tuple[str, str, str, str]]
    waits: bool = False
    rejected: str = ""
    note: str = ""
    obligation: str = ""


@dataclass(frozen=True, slots=True)
class Banked(Step):
    """A payee's bank details are entered and, unless they wait, approved."""

    payee: str
    account: str
    bank: str
    country: str
    currency: str
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Advanced(Step):
    """An implementing partner is sent money of a sub-fund for a project, with another person's approval."""

    key: str
    partner: str
    line: tuple[str, str, str]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reported(Step):
    """A partner reports what it spent, by category; unless it waits, all of it is accepted but what is `questioned`.

    That is taken off the first category: how much, and why.
    """

    advance: str
    certified_by: str
    lines: Sequence[tuple[str, str]]
    questioned: tuple[str, str] | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Screened(Step):
    """A payee is looked up in a list of sanctions; `cleared` is why a match was none of ours."""

    payee: str
    result: str
    note: str = ""
    cleared: str = ""


@dataclass(frozen=True, slots=True)
class CameBack(Step):
    """A partner returns a part of an advance that it did not spend."""

    advance: str
    amount: str


@dataclass(frozen=True, slots=True)
class Undone(Step):
    """Something is taken back: a pledge withdrawn, an agreement cancelled, another document reversed."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reminded(Step):
    """A donor is reminded of all that is overdue."""

    donor: str
    way: str
