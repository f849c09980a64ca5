"""What the books say: balances, movements and entries. Amounts are integers in minor units, debit positive.

Sums come from the month totals, so that they cost the same at a thousand entries and at ten million; only a period
that begins or ends inside a month reads that month's postings.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    DateField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    prefetch_related_objects,
)

from ledger import accounts
from ledger.entries import Draft, Leg
from ledger.errors import EntryUnknown
from ledger.models import Account, Entry, FiscalYear, MonthTotal, Posting

DIMENSIONS = ("account", "fund", "kind", "currency", "month")


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of postings. Fields that the sum runs over are empty.

    `amount` is in minor units of `currency` and 0 where the sum runs over currencies; `functional` is `debit` less
    `credit`, in minor units of the functional currency.
    """

    account: str = ""
    fund: str = ""
    kind: str = ""
    currency: str = ""
    month: date | None = None
    amount: int = 0
    functional: int = 0
    debit: int = 0
    credit: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """Which postings to sum. Empty fields restrict nothing; both dates are included.

    `accounts` are names or beginnings of names that end in a colon (`Assets:Bank:`).
    """

    since: date | None = None
    until: date | None = None
    accounts: tuple[str, ...] = ()
    funds: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass
class _Cell:
    sums: list[int] = field(default_factory=lambda: [0, 0, 0, 0])

    def add(self, row: dict[str, Any]) -> None:
        for index, column in enumerate(("amount", "functional", "debit", "credit")):
            self.sums[index] += int(row[f"sum_{column}"] or 0)


def totals(scope: Scope, *, by: Sequence[str]) -> list[Total]:
    """Sums the postings in `scope` for each combination of the dimensions `by`, zero sums left out.

    `totals(Scope(until=d), by=("account", "currency"))` is the trial balance at the end of day `d`. Sorted by the
    dimensions, accounts in the order of a trial balance.
    """
    assert set(by) <= set(DIMENSIONS)
    cells: defaultdict[tuple[Any, ...], _Cell] = defaultdict(_Cell)
    for queryset, names in _sources(scope):
        columns = {name: names.get(name, name) for name in by}
        for row in queryset.values(*columns.values()).annotate(**_sums(queryset)).order_by():
            cells[tuple(row[columns[name]] for name in by)].add(row)
    found = [_to_total(by, key, cell) for key, cell in cells.items() if any(cell.sums)]
    return sorted(found, key=_sort_key)


def _to_total(by: Sequence[str], key: tuple[Any, ...], cell: _Cell) -> Total:
    amount, functional, debit, credit = cell.sums
    dimensions = dict(zip(by, key, strict=True))
    return Total(
        **dimensions,
        amount=amount if "currency" in by else 0,
        functional=functional,
        debit=debit,
        credit=credit,
    )


def _sort_key(total: Total) -> tuple[Any, ...]:
    account = accounts.sort_key(total.account) if total.account else (0, "")
    return account, total.fund, total.kind, total.currency, total.month or date.min


def _sums(queryset: QuerySet[Any]) -> dict[str, Sum]:
    if queryset.model is MonthTotal:
        return {f"sum_{column}": Sum(column) for column in ("amount", "functional", "debit", "credit")}
    debit = Case(When(functional__gt=0, then=F("functional")), default=Value(0))
    credit = Case(When(functional__lt=0, then=-F("functional")), default=Value(0))
    return {
        "sum_amount": Sum("amount"),
        "sum_functional": Sum("functional"),
        "sum_debit": Sum(debit),
        "sum_credit": Sum(credit),
    }


def _sources(scope: Scope) -> list[tuple[QuerySet[Any], dict[str, str]]]:
    """Whole months out of the totals, broken months out of the postings, with the names of their columns."""
    first, last, broken = _cut(scope.since, scope.until)
    months = MonthTotal.objects.filter(_where(scope, "kind"))
    if first:
        months = months.filter(month__gte=first)
    if last:
        months = months.filter(month__lt=last)
    sources: list[tuple[QuerySet[Any], dict[str, str]]] = [(months, {"account": "account__name"})]
    for begin, end in broken:
        days = Posting.objects.filter(_where(scope, "entry__kind"), dated_on__gte=begin, dated_on__lt=end)
        days = days.annotate(in_month=Value(begin.replace(day=1), output_field=DateField()))
        sources.append((days, {"account": "account__name", "kind": "entry__kind", "month": "in_month"}))
    return sources


def _cut(since: date | None, until: date | None) -> tuple[date | None, date | None, list[tuple[date, date]]]:
    """The whole months from `first` up to before `last`, and the stretches of days in broken months."""
    begin = since
    end = until + timedelta(days=1) if until else None
    first = _month_after(begin) if begin and begin.day > 1 else begin
    last = end.replace(day=1) if end else None
    if begin and end and first and last and first > last:
        return first, first, [(begin, end)] if begin < end else []
    broken = []
    if begin and first and begin < first:
        broken.append((begin, first))
    if end and last and last < end:
        broken.append((last, end))
    return first, last, broken


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _where(scope: Scope, kind: str) -> Q:
    where = Q()
    if scope.accounts:
        where &= Q(account__in=_find_account_ids(scope.accounts))
    if scope.funds:
        where &= Q(fund__in=scope.funds)
    if scope.kinds:
        where &= Q(**{f"{kind}__in": scope.kinds})
    return where


def _find_account_ids(names: Iterable[str]) -> list[int]:
    # Compared here, because SQLite's LIKE takes small letters for capitals.
    wanted = tuple(names)
    beginnings = tuple(name for name in wanted if name.endswith(":"))
    rows = Account.objects.values_list("pk", "name")
    return [pk for pk, name in rows if name in wanted or name.startswith(beginnings)]


def get_total(scope: Scope) -> Total:
    """The one sum of everything in `scope`; a zero total where there is nothing."""
    found = totals(scope, by=())
    return found[0] if found else Total()


@dataclass(frozen=True, slots=True)
class Low:
    """A balance in minor units, and the day at whose end it stands."""

    on: date
    balance: int


def lowest(scope: Scope, *, since: date, measure: str = "functional", side: int = 1) -> Low:
    """The lowest balance of everything in `scope` at the end of any day from `since` on, the first such day.

    `measure` is "functional", or "amount" where the scope has one currency; `side` is 1 for the debit balance and -1
    for the credit balance. What leaves on a past day must leave enough for all that came after it: this is what can.
    """
    assert measure in ("amount", "functional")
    opening = totals(replace(scope, until=since), by=("currency",))
    balance = side * sum(getattr(total, measure) for total in opening)
    low = Low(since, balance)
    later = Posting.objects.filter(_where(scope, "entry__kind"), dated_on__gt=since)
    for day, change in later.values_list("dated_on").annotate(Sum(measure)).order_by("dated_on"):
        balance += side * int(change)
        if balance < low.balance:
            low = Low(day, balance)
    return low


@dataclass(frozen=True, slots=True)
class InstalmentTotal:
    """What the postings of one instalment add up to, for one account, kind of event and currency."""

    instalment: str
    account: str
    kind: str
    currency: str
    amount: int
    functional: int


def instalment_totals(instalments: Iterable[str], *, until: date | None = None) -> list[InstalmentTotal]:
    """The postings that name one of `instalments`, up to and with `until`, summed by account, kind and currency.

    `instalments` may be a query of references, which then runs inside this one.
    """
    # The second condition is the index's own: SQLite reads every posting without it.
    found = Posting.objects.filter(instalment__in=instalments).exclude(instalment="")
    if until:
        found = found.filter(dated_on__lte=until)
    columns = ("instalment", "account__name", "entry__kind", "currency")
    rows = found.values_list(*columns).annotate(Sum("amount"), Sum("functional")).order_by(*columns)
    return [
        InstalmentTotal(instalment, account, kind, currency, int(amount), int(carried))
        for instalment, account, kind, currency, amount, carried in rows
    ]


def instalment_balance(reference: OuterRef, accounts: tuple[str, ...]) -> Subquery:
    """For queries of other tables: the balance, on `accounts` (as in Scope), of the instalment in an outer column.

    In minor units of its currency; null where nothing was posted.
    """
    found = Posting.objects.filter(instalment=reference).exclude(instalment="").order_by()
    return Subquery(found.values("instalment").annotate(balance=_sum_on(accounts)).values("balance"))


def document_balance(document: OuterRef, accounts: tuple[str, ...]) -> Subquery:
    """For queries of other tables: the balance, on `accounts`, of the entries of the document in an outer column.

    In minor units of the document's currency; null where nothing was posted.
    """
    found = Posting.objects.filter(entry__links__document=document).order_by()
    return Subquery(found.values("entry__links__document").annotate(balance=_sum_on(accounts)).values("balance"))


def _sum_on(accounts: tuple[str, ...]) -> Sum:
    # A condition of the sum and not of the query, or the database might look postings up by account. Of no account the
    # sum is null, and not an empty query, to which PostgreSQL gives no type: no account has the key 0.
    return Sum("amount", filter=Q(account__in=_find_account_ids(accounts) or [0]))


@dataclass(frozen=True, slots=True)
class OpenInstalment:
    """What of an instalment is open: `amount` in minor units of its currency, `functional` as it is carried."""

    instalment: str
    currency: str
    amount: int
    functional: int


def open_instalments(accounts: tuple[str, ...]) -> list[OpenInstalment]:
    """The instalments whose postings on `accounts` (as in Scope) do not add up to zero."""
    found = Posting.objects.filter(account__in=_find_account_ids(accounts)).exclude(instalment="")
    sums = found.values_list("instalment", "currency").annotate(Sum("amount"), Sum("functional"))
    rows = sums.exclude(amount__sum=0).order_by("instalment")
    return [OpenInstalment(name, currency, int(amount), int(carried)) for name, currency, amount, carried in rows]


def open_years() -> list[int]:
    """The fiscal years that take entries, in order."""
    return list(FiscalYear.objects.values_list("year", flat=True))


def years() -> QuerySet[FiscalYear]:
    """The fiscal years with who opened them."""
    return FiscalYear.objects.all()


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
    found = Entry.objects.filter(links__document=document).select_related("reverses", "reversed_by")
    return found.prefetch_related("postings__account", "links")


def entries_caused_by(document: str) -> QuerySet[Entry]:
    """The entries that a document itself caused, in the order of the chain."""
    return Entry.objects.filter(links__document=document, links__position=0)


def postings() -> QuerySet[Posting]:
    """Every posting with its entry and account at hand, in the order of the chain."""
    return Posting.objects.select_related("entry", "account").order_by("entry", "line")


def register(account: str) -> QuerySet[Posting]:
    """The postings of one account by date, newest first."""
    found = Posting.objects.select_related("entry").filter(account__name=account)
    return found.order_by("-dated_on", "-entry", "-line")


def head() -> Entry | None:
    """The newest entry of the chain, or None in an empty book."""
    return Entry.objects.order_by("-id").first()


def functional_currency() -> str:
    """The currency that the books are kept in."""
    currency: str = settings.FUNCTIONAL_CURRENCY
    return currency


def document_totals(
    documents: Iterable[str], *, accounts: tuple[str, ...] = (), until: date | None = None
) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    """What the entries linked to each document add up to, for `accounts` (as in Scope), up to and with `until`.

    Maps (document, account, kind, currency) to (amount, functional amount). An entry that is linked to two of the
    documents counts for both. `documents` may be a query of numbers, which then runs inside this one.
    """
    found = Posting.objects.filter(entry__links__document__in=documents)
    if accounts:
        # Of a sum and not of the column, or SQLite looks up every document for every posting of the accounts.
        found = found.alias(place=F("account") + 0).filter(place__in=_find_account_ids(accounts))
    if until:
        found = found.filter(dated_on__lte=until)
    columns = ("entry__links__document", "account__name", "entry__kind", "currency")
    rows = found.values_list(*columns).annotate(Sum("amount"), Sum("functional")).order_by()
    return {(row[0], row[1], row[2], row[3]): (int(row[4]), int(row[5])) for row in rows}
