"""What the books say: balances, movements and entries. Amounts are integers in minor units, debit positive.

Sums come from the running balances, so that they cost the same at a thousand entries and at ten million.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import accumulate
from operator import itemgetter
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery, Sum, prefetch_related_objects
from django.db.models.functions import Coalesce

from ledger import accounts
from ledger.balances import Choice, SumRow, balances_question, find_account_ids, read_balances_at, read_days
from ledger.certificates import Certificate
from ledger.entries import Draft, Leg
from ledger.errors import EntryUnknown, PeriodUnknown
from ledger.models import Account, Closing, Entry, FiscalYear, Posting
from ledger.money import to_decimal
from ledger.periods import Period, following, parse_period
from ledger.questions import Question
from ledger.syntax import render_instant

DIMENSIONS = ("account", "fund", "kind", "party", "currency", "month")


class Total(NamedTuple):
    """A sum of postings. Fields that the sum runs over are empty.

    `amount` is in minor units of `currency` and 0 where the sum runs over currencies; `functional` is `debit` less
    `credit`, in minor units of the functional currency.
    """

    account: str = ""
    fund: str = ""
    kind: str = ""
    party: str = ""
    currency: str = ""
    month: date | None = None
    amount: int = 0
    functional: int = 0
    debit: int = 0
    credit: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """Which postings to sum. Empty fields restrict nothing; both dates are included.

    `accounts` are names or beginnings of names that end in a colon (`Assets:Bank:`); `without` are names to leave out.
    """

    since: date | None = None
    until: date | None = None
    accounts: tuple[str, ...] = ()
    funds: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def totals(scope: Scope, *, by: Sequence[str]) -> list[Total]:
    """Sums the postings in `scope` for each combination of the dimensions `by`, zero sums left out.

    `totals(Scope(until=d), by=("account", "currency"))` is the trial balance at the end of day `d`. Sorted by the
    dimensions, accounts in the order of a trial balance. By month it reads every day: for whole books, not for pages.
    """
    return totals_question(scope, by=by).answer()


def totals_question(scope: Scope, *, by: Sequence[str]) -> Question[list[Total]]:
    """`totals`, to be asked together with others."""
    assert set(by) <= set(DIMENSIONS)
    return balances_question(_choose(scope), by).then(partial(_to_totals, by))


def totals_at(scope: Scope, days: Iterable[date], *, by: Sequence[str]) -> dict[date, list[Total]]:
    """`totals` at the end of each of several days, in one question: for lists. By no month; the scope has no days."""
    assert set(by) <= set(DIMENSIONS) - {"month"}
    assert scope.since is scope.until is None
    found: dict[date, list[SumRow]] = {day: [] for day in days}
    if found:
        for day, row in read_balances_at(_choose(scope), by, list(found)):
            found[day].append(row)
    return {day: _to_totals(by, rows) for day, rows in found.items()}


def add_up(found: Iterable[Total], *, by: Sequence[str]) -> list[Total]:
    """Sums of totals for each combination of fewer dimensions, as `totals` gives them."""
    sums: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    places = [Total._fields.index(name) for name in by]
    for total in found:
        cell = sums[tuple([total[place] for place in places])]
        cell[0] += total.amount
        cell[1] += total.debit
        cell[2] += total.credit
    return _to_totals(by, ((key, cell[0], cell[1], cell[2]) for key, cell in sums.items()))


def _to_totals(by: Sequence[str], sums: Iterable[SumRow]) -> list[Total]:
    """Sorted totals of sums by the dimensions `by`, zero sums left out."""
    in_currency = "currency" in by
    # Where the value of each dimension is: in the key, or among the empty ones after it.
    places = [by.index(name) if name in by else len(by) + at for at, name in enumerate(DIMENSIONS)]
    spread, empty = itemgetter(*places), Total()[: len(DIMENSIONS)]
    found = [
        Total._make((*spread(key + empty), amount if in_currency else 0, debit - credit, debit, credit))
        for key, amount, debit, credit in sums
        if amount or debit or credit
    ]
    return sorted(found, key=_sort_key)


def _sort_key(total: Total) -> tuple[Any, ...]:
    account = accounts.sort_key(total.account) if total.account else (0, "")
    return account, total.fund, total.kind, total.party, total.currency, total.month or date.min


def _choose(scope: Scope) -> Choice:
    return Choice(
        account_ids=find_account_ids(scope.accounts, scope.without) if scope.accounts or scope.without else None,
        funds=scope.funds or None,
        kinds=scope.kinds or None,
        parties=scope.parties or None,
        since=scope.since,
        until=scope.until,
    )


def get_total(scope: Scope) -> Total:
    """The one sum of everything in `scope`; a zero total where there is nothing."""
    found = totals(scope, by=())
    return found[0] if found else Total()


@dataclass(frozen=True, slots=True)
class Low:
    """A balance in minor units, and the day at whose end it stands."""

    on: date
    balance: int


# A day, and what it adds to a balance in minor units.
Move = tuple[date, int]


def find_low(moves: Iterable[Move], *, since: date) -> Low:
    """The lowest that `moves`, in any order, add up to at the end of any day from `since` on, the first such day."""
    by_day: defaultdict[date, int] = defaultdict(int, {since: 0})
    for day, moved in moves:
        by_day[max(day, since)] += moved
    days = sorted(by_day)
    balances = accumulate(by_day[day] for day in days)
    return min(map(Low, days, balances), key=lambda low: (low.balance, low.on))


def lowest(
    scope: Scope, *, since: date, measure: str = "functional", side: int = 1, beside: Iterable[Move] = ()
) -> Low:
    """The lowest balance of everything in `scope` at the end of any day from `since` on, the first such day.

    `measure` is "functional", or "amount" where the scope has one currency; `side` is 1 for the debit balance and -1
    for the credit balance. What leaves on a past day must leave enough for all that came after it: this is what can.
    `beside` moves the balance, too: what the scope cannot name.
    """
    assert measure in ("amount", "functional")
    standing: dict[int, int] = {}
    moves = list(beside)
    for pk, day, amount, functional in read_days(replace(_choose(scope), since=since)):
        now = amount if measure == "amount" else functional
        moves.append((day, side * (now - standing.get(pk, 0))))
        standing[pk] = now
    return find_low(moves, since=since)


def open_years() -> list[int]:
    """The fiscal years that take entries, in order."""
    return list(FiscalYear.objects.values_list("year", flat=True))


def years_with_counts() -> QuerySet[FiscalYear]:
    """The fiscal years, the latest first, with who opened them and the `count` of their entries.

    Numbers have no gaps, so the last one is the count.
    """
    last = Entry.objects.filter(year=OuterRef("pk")).order_by("-sequence").values("sequence")[:1]
    return FiscalYear.objects.annotate(count=Coalesce(Subquery(last), 0)).order_by("-year")


def closings() -> QuerySet[Closing]:
    """The closed periods with their certificates' figures, in the order in which they were closed."""
    return Closing.objects.all()


def closed_until() -> date | None:
    """The last day that takes no more entries, or None where no period is closed."""
    return Closing.objects.order_by("-ends_on").values_list("ends_on", flat=True).first()


def count_entries(since: date, until: date) -> int:
    """How many entries are dated from one day to another, both included."""
    return Entry.objects.filter(dated_on__range=(since, until)).count()


def sum_postings(since: date, until: date) -> tuple[int, int]:
    """The debit and the credit of the postings of a range of days, in minor units of the functional currency."""
    # By the day of the entry, which has an index; its postings are of the same day.
    sums = Posting.objects.filter(entry__dated_on__range=(since, until)).aggregate(
        debit=Sum("functional", filter=Q(functional__gt=0), default=0),
        credit=-Sum("functional", filter=Q(functional__lt=0), default=0),
    )
    return int(sums["debit"]), int(sums["credit"])


def next_period() -> Period | None:
    """The period that closes next, or None where every open year is closed."""
    last = Closing.objects.order_by("-id").values_list("period", flat=True).first()
    return following(parse_period(last) if last else None, open_years())


def get_closing(period: str) -> Closing:
    """The closing of a period. Raises PeriodUnknown."""
    found = Closing.objects.filter(period=period).first()
    if found is None:
        raise PeriodUnknown(f"{period} is not closed.")
    return found


def make_certificate(closing: Closing) -> Certificate:
    """The certificate of a closed period."""
    currency = functional_currency()
    return Certificate(
        period=closing.period,
        begins_on=str(closing.begins_on),
        ends_on=str(closing.ends_on),
        currency=currency,
        entries=str(closing.entries),
        debit=f"{to_decimal(closing.debit, currency):f}",
        credit=f"{to_decimal(closing.credit, currency):f}",
        chain_entries=str(closing.place),
        head=closing.head,
        head_sha256=closing.sha256,
        closed_at=render_instant(closing.closed_at),
        closed_by=closing.closed_by,
    )


def get_begins_on() -> date:
    """The day the books begin: the first day of the first fiscal year. All accounts are open from it."""
    first = FiscalYear.objects.order_by("year").values_list("year", flat=True).first()
    return date(first or date.max.year, 1, 1)


def all_accounts() -> QuerySet[Account]:
    """Every account, by name."""
    return Account.objects.all()


def get_entry(number: str) -> Entry:
    """The entry with a number, its reversal's number at hand. Raises EntryUnknown."""
    try:
        return Entry.objects.select_related("reverses").get(number=number)
    except Entry.DoesNotExist:
        raise EntryUnknown(f"No entry has the number {number}.") from None


def is_reversed(entry: Entry) -> bool:
    """True where a later entry reverses this one."""
    return Entry.objects.filter(reverses=entry).exists()


def get_draft(entry: Entry) -> Draft:
    """The draft that an entry was posted from."""
    prefetch_related_objects([entry], "postings__account", "links")
    legs = tuple(
        Leg(
            posting.account.name,
            posting.amount,
            posting.currency,
            posting.functional,
            posting.fund,
            posting.project,
            posting.instalment,
            posting.party,
        )
        for posting in entry.postings.all()
    )
    links = tuple(link.document for link in entry.links.all())
    reverses = entry.reverses.number if entry.reverses else ""
    return Draft(entry.dated_on, entry.kind, entry.payee, entry.narration, links, legs, reverses)


def entries() -> QuerySet[Entry]:
    """Every entry, in the order of the chain."""
    return Entry.objects.select_related("reverses")


def entries_of(document: str) -> QuerySet[Entry]:
    """The entries that a document is linked to, in the order of the chain, with postings and links at hand."""
    found = Entry.objects.filter(links__document=document).select_related("reverses")
    return found.prefetch_related("postings__account", "links", "reversals")


def get_last_day(document: str) -> date:
    """The latest day of the entries that a document is linked to; the earliest of all days where it has none."""
    last: date | None = Entry.objects.filter(links__document=document).aggregate(last=Max("dated_on"))["last"]
    return last or date.min


def postings() -> QuerySet[Posting]:
    """Every posting with its entry and account at hand, in the order of the chain."""
    return Posting.objects.select_related("entry", "account").order_by("entry", "line")


def register(account: str) -> QuerySet[Posting]:
    """The postings of one account by date, newest first."""
    # By its key and not by its name: PostgreSQL sorts all that a join finds, and reads an index in its order.
    found = Posting.objects.select_related("entry").filter(account__in=find_account_ids([account]))
    return found.order_by("-dated_on", "-entry_id", "-line")


def head() -> Entry | None:
    """The newest entry of the chain, or None in an empty book."""
    return Entry.objects.order_by("-id").first()


def functional_currency() -> str:
    """The currency that the books are kept in."""
    currency: str = settings.FUNCTIONAL_CURRENCY
    return currency
