"""An entry before it is posted, and what must be true of it. Pure: no Django, no clock."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from ledger import accounts
from ledger.errors import AccountInvalid, EntryInvalid, UnknownCurrency
from ledger.money import digits

# Beancount's own rule for the names of links and tags.
_LINK = re.compile(r"[A-Za-z0-9\-_/.]+")
_CODE = re.compile(r"[A-Za-z0-9\-_/.]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")

_LARGEST = 10**18


@dataclass(frozen=True, slots=True)
class Leg:
    """One posting before it is posted.

    `amount` is in minor units of `currency`, `functional` in minor units of the functional currency; both debit
    positive. `fund` is the code of the sub-fund. `project` and `instalment` name what the posting belongs to, or
    are empty.
    """

    account: str
    amount: int
    currency: str
    functional: int
    fund: str
    project: str = ""
    instalment: str = ""

    def opposite(self) -> "Leg":
        """The same leg on the other side."""
        return replace(self, amount=-self.amount, functional=-self.functional)


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it is posted.

    `kind` names the event in one word (`receipt`), the same for an entry and its reversal, so that the totals of a
    kind are net of what was reversed; Beancount's text carries it as a tag. `links` name the documents that the
    entry belongs to, the document that caused it first. `reverses` is the number of an entry, or empty.
    """

    on: date
    kind: str
    payee: str
    narration: str
    links: tuple[str, ...]
    legs: tuple[Leg, ...]
    reverses: str = ""


def opposite(draft: Draft, *, on: date, narration: str, reverses: str) -> Draft:
    """The reversal of `draft`: every leg on the other side, dated `on`, naming the entry that it reverses."""
    legs = tuple(leg.opposite() for leg in draft.legs)
    return replace(draft, on=on, narration=narration, legs=legs, reverses=reverses)


def check_legs(draft: Draft, functional: str) -> Iterator[str]:
    """An entry has at least two legs, and no leg without an amount."""
    if len(draft.legs) < 2:
        yield "An entry has at least two postings."
    for leg in draft.legs:
        if leg.amount == 0:
            yield f"{leg.account} has no amount."
        if max(abs(leg.amount), abs(leg.functional)) >= _LARGEST:
            yield f"{leg.account}: the amount is too large for the books."


def check_zero_per_fund(draft: Draft, functional: str) -> Iterator[str]:
    """Rule 1: the postings of each sub-fund add up to exactly zero in the functional currency."""
    sums: defaultdict[str, int] = defaultdict(int)
    for leg in draft.legs:
        sums[leg.fund] += leg.functional
    for fund, total in sums.items():
        if total:
            yield f"The postings of sub-fund {fund} add up to {total} minor units of {functional}, not to zero."


def check_currencies(draft: Draft, functional: str) -> Iterator[str]:
    """Rule 2: income and expense are in the functional currency; both amounts of a leg agree in it and in sign."""
    for leg in draft.legs:
        try:
            digits(leg.currency)
        except UnknownCurrency as problem:
            yield problem.message
        if leg.currency == functional and leg.amount != leg.functional:
            yield f"{leg.account}: an amount in {functional} is its own functional amount."
        if leg.amount * leg.functional < 0:
            yield f"{leg.account}: the amount and its functional amount are on different sides."
        if (
            leg.currency != functional
            and accounts.account_type(leg.account) in accounts.FUNCTIONAL_TYPES
        ):
            yield f"{leg.account} takes {functional} only: income and expense are in the functional currency."


def check_names(draft: Draft, functional: str) -> Iterator[str]:
    """Accounts, sub-funds, projects, instalments, links and the kind are well-formed; the texts have no controls."""
    for leg in draft.legs:
        try:
            accounts.check_name(leg.account)
        except AccountInvalid as problem:
            yield problem.message
        if not leg.fund:
            yield f"{leg.account} names no sub-fund."
        yield from (
            f"“{code}” is not a code."
            for code in _codes(leg)
            if not _CODE.fullmatch(code)
        )
    if not draft.links:
        yield "An entry names the document that caused it."
    yield from (
        f"“{link}” is not a document's number."
        for link in (*draft.links, draft.kind)
        if not _LINK.fullmatch(link)
    )
    yield from (
        f"“{text}” has a control character."
        for text in (draft.payee, draft.narration)
        if _CONTROL.search(text)
    )


def _codes(leg: Leg) -> tuple[str, ...]:
    return leg.fund, leg.project, leg.instalment


# Names first: the checks after it read the account's type out of its name.
CHECKS = (check_legs, check_zero_per_fund, check_currencies)


def find_problems(draft: Draft, functional: str) -> list[str]:
    """Everything that is wrong with `draft`, one sentence each; an empty list where nothing is."""
    problems = list(check_names(draft, functional))
    if problems:
        return problems
    return [problem for check in CHECKS for problem in check(draft, functional)]


def check_draft(draft: Draft, functional: str) -> None:
    """Raises EntryInvalid with everything that is wrong with `draft`."""
    problems = find_problems(draft, functional)
    if problems:
        raise EntryInvalid(" ".join(problems))
