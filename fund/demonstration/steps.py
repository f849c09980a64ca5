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
    """An agreement is signed. `due` are instalments: days ago, and how much of the currency."""

    ago: int
    key: str
    donor: str
    amount: str
    due: Sequence[tuple[int, str]]
    reference: str = ""
    pledge: str = ""
    earmark: For | None = None
    on_receipt: bool = False
    note: str = ""


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
    """A project is given money of sub-funds: `POOL`, or an agreement's key."""

    ago: int
    key: str
    project: str
    lines: Sequence[tuple[str, str]]
    note: str = ""


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


Step = Pledged | Signed | Received | Given | Planned | Allocated | Paid | Undone | Reminded
