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
# Control characters, ends of line, the marks that turn the direction of what follows (they can make an amount read
# backwards), and halves of a surrogate pair, which no file or database takes.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")

# 15 digits, as a fund document's money field. Sums stay far from the 63 bits of a database's integer.
_LARGEST = 10**15
_MOST_LEGS = 10_000

# The widths of the journal's columns.
LONGEST_NUMBER = 20
LONGEST_KIND = 20
LONGEST_PAYEE = 200
LONGEST_NARRATION = 500
LONGEST_CODE = 40
LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class Leg:
    """One posting before it is posted.

    `amount` is in minor units of `currency`, `functional` in minor units of the functional currency; both debit
    positive. `fund` is the code of the sub-fund. `project` and `instalment` name what the posting belongs to, and
    `party` whom the money came from, or are empty.
    """

    account: str
    amount: int
    currency: str
    functional: int
    fund: str
    project: str = ""
    instalment: str = ""
    party: str = ""

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
    """An entry has at least two legs and at most 10,000, each of an amount of at most 15 digits and not zero."""
    if not 2 <= len(draft.legs) <= _MOST_LEGS:
        yield f"An entry has at least two postings and at most {_MOST_LEGS:,}."
    for leg in draft.legs:
        if leg.amount == 0:
            yield f"{leg.account} has no amount."
        if max(abs(leg.amount), abs(leg.functional)) >= _LARGEST:
            yield f"{leg.account}: the amount is too large for the books, which take 15 digits."


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
        if leg.currency != functional and accounts.account_type(leg.account) in accounts.FUNCTIONAL_TYPES:
            yield f"{leg.account} takes {functional} only: income and expense are in the functional currency."


def check_names(draft: Draft, functional: str) -> Iterator[str]:
    """Accounts, sub-funds, projects, instalments and parties are well-formed."""
    for leg in draft.legs:
        try:
            accounts.check_name(leg.account)
        except AccountInvalid as problem:
            yield problem.message
        if not leg.fund:
            yield f"{leg.account} names no sub-fund."
        for code in (leg.fund, leg.project, leg.instalment, leg.party):
            if len(code) > LONGEST_CODE or not _CODE.fullmatch(code):
                yield f"“{code}” is not a code: at most {LONGEST_CODE} letters and digits, with - _ / and full stops."


def check_words(draft: Draft, functional: str) -> Iterator[str]:
    """The links and the kind are well-formed, no link is given twice, and the texts fit the books."""
    if not draft.links:
        yield "An entry names the document that caused it."
    if len(set(draft.links)) < len(draft.links):
        yield "An entry names each document once."
    for link in draft.links:
        if not _LINK.fullmatch(link):
            yield f"“{link}” is not a document's number."
        yield from check_text(link, "A document's number", LONGEST_CODE)
    if not _LINK.fullmatch(draft.kind):
        yield f"“{draft.kind}” is not a kind of event."
    yield from check_text(draft.kind, "The kind of event", LONGEST_KIND)
    yield from check_text(draft.payee, "The payee", LONGEST_PAYEE)
    yield from check_text(draft.narration, "The narration", LONGEST_NARRATION)


def check_text(text: str, what: str, longest: int) -> Iterator[str]:
    """A text has at most `longest` characters, and none that cannot be seen."""
    if len(text) > longest:
        yield f"{what} has {len(text)} characters; the books take {longest}."
    if _UNPRINTABLE.search(text):
        yield f"{what} has a character that cannot be printed: {text!a}."


FORM_CHECKS = (check_names, check_words)
# Only where the form is sound: these read the account's type out of its name.
CHECKS = (check_legs, check_zero_per_fund, check_currencies)


def find_problems(draft: Draft, functional: str) -> list[str]:
    """Everything that is wrong with `draft`, one sentence each; an empty list where nothing is."""
    problems = [problem for check in FORM_CHECKS for problem in check(draft, functional)]
    return problems or [problem for check in CHECKS for problem in check(draft, functional)]


def check_draft(draft: Draft, functional: str) -> None:
    """Raises EntryInvalid with everything that is wrong with `draft`."""
    problems = find_problems(draft, functional)
    if problems:
        raise EntryInvalid(" ".join(problems))
