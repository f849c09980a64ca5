"""Follow the money: whose it was, which sub-fund holds it, what it was spent on, and what is left of it.

Of earmarked sub-funds the ledger's own figures; in the pool each donor's part of each line, as the donor's statement
prints it (`fund.queries.shares`). What the statement has in one line is divided further by the same rule: a balance
into what is allocated and what is not, a donor's part among the donor's own contributions. Amounts in minor units of
the functional currency. What is not identified or unapplied is nobody's yet, and left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from fund import policy
from fund.models import Donor
from fund.queries.advances import open_by_project
from fund.queries.figures import Contribution
from fund.queries.projects import ProjectStanding, stand
from fund.queries.shares import (
    Spending,
    find_balance,
    find_obligated,
    find_spending,
    name_category,
    share_among,
    sum_paid_in,
)
from fund.queries.statements import contributions_of
from ledger.money import split
from ledger.queries import Scope, Total, totals


class Rest(StrEnum):
    """What became of money beside what was spent on a category."""

    BEFORE = "before"
    OBLIGATED = "obligated"
    ADVANCED = "advanced"
    LEFT = "left"
    UNALLOCATED = "unallocated"
    OTHER = "other"


def name_use(what: str) -> str:
    """What became of money, in words: a category of spending, or a Rest."""
    names = {
        Rest.BEFORE: _("Spent before the period"),
        Rest.OBLIGATED: _("Obligated, not paid yet"),
        Rest.ADVANCED: _("With partners, not reported yet"),
        Rest.LEFT: _("Allocated and left"),
        Rest.UNALLOCATED: _("Not allocated yet"),
        Rest.OTHER: _("Other costs"),
    }
    return names[Rest(what)] if what in names else name_category(what)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose money, out of which sub-fund, for which project, at the end of the day `until`; empty fields ask for all.

    What was spent before `since` is one line of each project. `numbers` are contributions of the donor.
    """

    until: date
    since: date | None = None
    donor: Donor | None = None
    fund: str = ""
    project: str = ""
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """What a donor paid into a sub-fund: by contribution, where the flow is that of one donor."""

    donor: str
    number: str
    fund: str
    amount: int


@dataclass(frozen=True, slots=True)
class Use:
    """What became of money of a sub-fund: spent on a category, or a Rest; `project` is empty where it is of none.

    Other costs are below zero where gains and interest are more.
    """

    fund: str
    project: str
    what: str
    amount: int


@dataclass(frozen=True, slots=True)
class Basis:
    """What the parts of the pool rest on: how many donors there are, and what they paid in."""

    donors: int
    paid_in: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Where money came from and what became of it: in each sub-fund the two add up to the same.

    `basis` is set where parts of the pool are shown.
    """

    asked: Asked
    sources: tuple[Source, ...]
    uses: tuple[Use, ...]
    basis: Basis | None = None

    @property
    def paid_in(self) -> int:
        """All that is followed."""
        return sum(source.amount for source in self.sources)

    def sum_of(self, *rests: Rest) -> int:
        """What became so of it."""
        return sum(use.amount for use in self.uses if use.what in rests)

    @property
    def spent(self) -> int:
        """What was spent, also before the period."""
        return sum(use.amount for use in self.uses if use.what not in NOT_SPENT)


NOT_SPENT = (Rest.OBLIGATED, Rest.ADVANCED, Rest.LEFT, Rest.UNALLOCATED, Rest.OTHER)


def follow(asked: Asked) -> Flow:
    """Follows the money that is asked for. What it costs grows with sub-funds and projects, and never with entries."""
    mine = contributions_of(asked.donor, as_of=asked.until) if asked.donor else None
    funds = _find_funds(asked, mine)
    if funds == ():
        return Flow(asked, (), ())
    books = _load(funds, asked)
    sources: list[Source] = []
    uses: list[Use] = []
    for fund in sorted(books.moved.keys() | {fund for fund, _donor in books.paid_in}):
        for part in _follow_fund(fund, books, asked, mine):
            sources += part.sources
            uses += part.uses
    shares = mine is not None or asked.project
    is_shared = bool(shares) and any(source.fund == policy.POOL and source.amount for source in sources)
    return Flow(
        asked,
        tuple(one for one in sources if one.amount),
        _add_up(uses),
        make_basis(books.paid_in) if is_shared else None,
    )


def make_basis(paid_in: Mapping[tuple[str, str], int]) -> Basis:
    """What parts of the pool rest on."""
    weights = list(pool_weights(paid_in).values())
    return Basis(len(weights), sum(weights))


def pool_weights(paid_in: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """What each donor paid into the pool, by code in order; who paid nothing is left out."""
    return {donor: paid_in[fund, donor] for fund, donor in sorted(paid_in) if _weighs(fund, paid_in[fund, donor])}


def _weighs(fund: str, amount: int) -> bool:
    return fund == policy.POOL and amount > 0


def _find_funds(asked: Asked, mine: Sequence[Contribution] | None) -> tuple[str, ...] | None:
    """The sub-funds that are asked for, or None for all of them."""
    if mine is None:
        return (asked.fund,) if asked.fund else None
    found = {one.fund for one in mine if not asked.numbers or one.number in asked.numbers}
    return tuple(sorted(fund for fund in found if asked.fund in ("", fund)))


@dataclass(frozen=True, slots=True)
class _Books:
    """What the ledger has: the balances of each sub-fund, what of them partners hold for each project, what each spent
    before the period, who paid in."""

    moved: dict[str, list[Total]]
    advanced: dict[str, dict[tuple[str, str], int]]
    before: dict[str, dict[tuple[str, str], int]]
    paid_in: dict[tuple[str, str], int]

    def paid_into(self, fund: str) -> dict[str, int]:
        """What each donor paid into a sub-fund, by code."""
        return {donor: amount for (of, donor), amount in self.paid_in.items() if of == fund}


_ACCOUNTS = ("Assets:", "Liabilities:", policy.PROJECTS, policy.ALLOCATED, policy.OBLIGATED)


def _load(funds: tuple[str, ...] | None, asked: Asked) -> _Books:
    scope = Scope(until=asked.until, accounts=_ACCOUNTS, funds=funds or ())
    moved = _by_fund(totals(scope, by=("account", "fund")))
    before: dict[str, dict[tuple[str, str], int]] = {}
    # Before the first day of all there is none.
    if asked.since and asked.since > date.min:
        early = replace(scope, until=asked.since - timedelta(days=1), accounts=(policy.PROJECTS,))
        for fund, found in _by_fund(totals(early, by=("account", "fund"))).items():
            before[fund] = {(line.project, line.category): line.amount for line in find_spending(found)}
    paid_in = {key: amount for key, amount in sum_paid_in(funds or (), until=asked.until).items() if key[0] in moved}
    advanced: defaultdict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for (project, fund), functional in open_by_project(until=asked.until).items():
        advanced[fund][project, fund] = functional
    return _Books(moved, advanced, before, paid_in)


def _by_fund(found: Iterable[Total]) -> dict[str, list[Total]]:
    moved: defaultdict[str, list[Total]] = defaultdict(list)
    for total in found:
        # What is in GENERAL belongs to no donor yet.
        if total.fund != policy.GENERAL:
            moved[total.fund].append(total)
    return dict(moved)


@dataclass(frozen=True, slots=True)
class _Part:
    """What of a sub-fund came of some sources; the two add up to the same."""

    sources: list[Source]
    uses: list[Use]


def _follow_fund(fund: str, books: _Books, asked: Asked, mine: Sequence[Contribution] | None) -> list[_Part]:
    if mine is None and not asked.project:
        paid_in = sorted(books.paid_into(fund).items())
        return [_Part([Source(donor, "", fund, amount) for donor, amount in paid_in], _lines_of(fund, books))]
    parts = (
        (donor, number, [use for use in found if asked.project in ("", use.project)])
        for donor, theirs in _by_donor(fund, books, asked.donor)
        for number, found in _by_contribution(fund, theirs, asked, mine)
    )
    return [
        _Part([Source(donor, number, fund, sum(use.amount for use in shown))], shown) for donor, number, shown in parts
    ]


def _lines_of(fund: str, books: _Books) -> list[Use]:
    """The lines of a whole sub-fund."""
    whole = _find_whole(fund, books)
    used = whole.balance + sum(line.amount for line in whole.spending)
    other = sum(books.paid_into(fund).values()) - used
    return _make_lines(whole, whole.spending, whole.balance, whole.obligated_total, other)


def _by_donor(fund: str, books: _Books, donor: Donor | None) -> Iterator[tuple[str, list[Use]]]:
    """The lines of a sub-fund for each of its donors, or for one of them."""
    paid_in = books.paid_into(fund)
    if fund != policy.POOL:
        # An agreement's own sub-fund has one donor.
        yield next(iter(paid_in), ""), _lines_of(fund, books)
        return
    whole = _find_whole(fund, books)
    for code, share in share_among([donor.code] if donor else sorted(paid_in), paid_in, books.moved[fund]).items():
        spending = [replace(line, amount=line.share) for line in share.spending]
        lines = _make_lines(whole, spending, share.balance_share, share.obligated_share, share.other_share)
        yield code, lines


def follow_every_donor(asked: Asked) -> list[tuple[str, Use]]:
    """What became of each donor's money, by the donor's code: of what is asked for, without contributions apart."""
    books = _load((asked.fund,) if asked.fund else None, asked)
    found = (
        (donor, use)
        for fund in sorted(books.moved)
        for donor, lines in _by_donor(fund, books, asked.donor)
        for use in _add_up(lines)
        if asked.project in ("", use.project) and (asked.donor is None or asked.donor.code == donor)
    )
    return sorted(found, key=lambda item: item[0])


def _by_contribution(
    fund: str, lines: list[Use], asked: Asked, mine: Sequence[Contribution] | None
) -> Iterable[tuple[str, list[Use]]]:
    """A donor's lines, divided among the donor's contributions to the sub-fund: those that are asked for."""
    if mine is None:
        return [("", lines)]
    found = contribution_weights(fund, mine)
    if not found:
        return []
    divided = _divide(lines, list(found.values()))
    return [
        (number, part)
        for number, part in zip(found, divided, strict=True)
        if not asked.numbers or number in asked.numbers
    ]


def contribution_weights(fund: str, mine: Iterable[Contribution]) -> dict[str, int]:
    """What each of a donor's contributions paid into a sub-fund, by number."""
    sums: defaultdict[str, int] = defaultdict(int)
    for one in mine:
        if one.fund == fund:
            sums[one.number] += one.functional.received - one.functional.unapplied
    return {number: amount for number, amount in sorted(sums.items()) if amount > 0}


def _divide(lines: Sequence[Use], weights: Sequence[int]) -> list[list[Use]]:
    """Lines that add up to the weights, divided by them line by line; the other costs take up the cents."""
    parts: list[list[Use]] = [[] for _ in weights]
    for line in lines:
        if line.what != Rest.OTHER:
            for part, amount in zip(parts, split(line.amount, weights), strict=True):
                part.append(replace(line, amount=amount))
    for part, weight in zip(parts, weights, strict=True):
        rest = weight - sum(use.amount for use in part)
        part.append(Use(lines[0].fund, "", Rest.OTHER, rest))
    return parts


@dataclass(frozen=True, slots=True)
class _Whole:
    """The figures of a sub-fund by which its lines are divided."""

    fund: str
    spending: list[Spending]
    before: Mapping[tuple[str, str], int]
    projects: dict[str, ProjectStanding]
    balance: int
    obligated_total: int


def _find_whole(fund: str, books: _Books) -> _Whole:
    moved = books.moved[fund]
    found = stand(moved, books.advanced.get(fund, {}))
    standings = {project: standing for (project, _), standing in sorted(found.items())}
    before = books.before.get(fund, {})
    return _Whole(fund, find_spending(moved), before, standings, find_balance(moved), find_obligated(moved))


def _make_lines(whole: _Whole, spending: Sequence[Spending], balance: int, obligated: int, other: int) -> list[Use]:
    """The lines of a sub-fund, or of a share of it, out of the figures that the statement prints."""
    lines: list[Use] = []
    for line, of_all in zip(spending, whole.spending, strict=True):
        early = min(max(whole.before.get((line.project, line.category), 0), 0), max(of_all.amount, 0))
        before, during = _nest(line.amount, [early, of_all.amount - early])
        lines.append(Use(whole.fund, line.project, line.category, during))
        lines.append(Use(whole.fund, line.project, Rest.BEFORE, before))
    projects = list(whole.projects)
    reserved = [whole.projects[project].obligated for project in projects]
    held = [whole.projects[project].advanced for project in projects]
    left = [whole.projects[project].left for project in projects]
    unallocated = whole.balance - whole.obligated_total - sum(held) - sum(left)
    for project, amount in zip(projects, _nest(obligated, reserved), strict=True):
        lines.append(Use(whole.fund, project, Rest.OBLIGATED, amount))
    whats = [*(Rest.ADVANCED for _ in projects), *(Rest.LEFT for _ in projects), Rest.UNALLOCATED]
    amounts = _nest(balance - obligated, [*held, *left, unallocated])
    for project, what, amount in zip([*projects, *projects, ""], whats, amounts, strict=True):
        lines.append(Use(whole.fund, project, what, amount))
    lines.append(Use(whole.fund, "", Rest.OTHER, other))
    return lines


def _nest(total: int, weights: Sequence[int]) -> list[int]:
    """A share of a line, divided as the whole line is. What is below zero takes no part; the last takes the rest."""
    if sum(weights) == total:
        return list(weights)
    positive = [max(weight, 0) for weight in weights]
    return split(total, positive) if any(positive) else [*(0 for _ in weights[1:]), total]


def _add_up(uses: Iterable[Use]) -> tuple[Use, ...]:
    """One use for each sub-fund, project and kind, in their order, what is nothing left out."""
    sums: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for use in uses:
        sums[use.fund, use.project, use.what] += use.amount
    order = sorted(
        sums.items(), key=lambda item: (item[0][0], not item[0][1], item[0][1], _rank(item[0][2]), item[0][2])
    )
    return tuple(Use(*key, amount) for key, amount in order if amount)


def _rank(what: str) -> int:
    """Categories first, then what became of the rest."""
    return list(Rest).index(Rest(what)) + 1 if what in list(Rest) else 0
