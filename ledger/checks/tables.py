"""The tables of the journal against one another."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from ledger import accounts, balances, queries
from ledger.checks.problems import EntryProblem, Report, functional
from ledger.errors import Refused
from ledger.models import Account, Entry, Link, Posting
from ledger.money import digits
from ledger.periods import EARLIEST, LATEST
from ledger.questions import ask


def check_zero(report: Report) -> Iterator[str]:
    """The postings of every entry add up to zero in each sub-fund, and none is without its entry."""
    sums = Posting.objects.order_by().values_list("entry_id", "entry__number", "fund").annotate(total=Sum("functional"))
    for place, number, fund, total in sums.exclude(total=0).iterator():
        message = f"{number}: the postings of sub-fund {fund} add up to {functional(total)}, not to zero."
        yield EntryProblem(place, message)
    few = Entry.objects.annotate(count=Count("postings")).filter(count__lt=2).values_list("pk", "number", "count")
    for place, number, count in few.iterator():
        yield EntryProblem(place, f"{number} has {count} postings, where an entry has at least two.")
    for what, model in (("postings", Posting), ("links", Link)):
        lost = model._default_manager.filter(~Exists(Entry.objects.filter(pk=OuterRef("entry_id"))))
        for place in lost.order_by("entry_id").values_list("entry_id", flat=True).distinct():
            yield EntryProblem(place, f"There are {what} of an entry in place {place}, and no such entry.")


def check_accounts(report: Report) -> Iterator[str]:
    """Every account has a sound name, and takes no currency but its own."""
    for name, currency in Account.objects.values_list("name", "currency"):
        try:
            accounts.check_name(name)
            digits(currency or queries.functional_currency())
        except Refused as problem:
            yield problem.message
    names = Q()
    for kind in accounts.FUNCTIONAL_TYPES:
        names |= Q(account__name__startswith=f"{kind}:")
    wrong = Q(names, ~Q(currency=queries.functional_currency()))
    wrong |= ~Q(account__currency="") & ~Q(currency=F("account__currency"))
    rows = Posting.objects.filter(wrong).values_list("entry_id", "entry__number", "account__name", "currency")
    for place, number, account, currency in rows.iterator():
        yield EntryProblem(place, f"{number} has {currency} in {account}, which does not take it.")


def check_balances(report: Report) -> Iterator[str]:
    """The running balances and the open items are the sums of their postings."""
    for account, fund, kind, party, currency, day in balances.find_wrong_days():
        what = " ".join(filter(None, (account, fund, kind, party, currency)))
        yield f"{what}: the balance of {day} is not the sum of its postings."
    for instalment, account, currency in balances.find_wrong_items():
        yield f"{instalment} {account} {currency}: the open item is not the sum of its postings."


def check_days(report: Report) -> Iterator[str]:
    """Every day is one of the books and every instant a whole second, written as the database compares them."""
    for what, table, column, place in _DAYS:
        wrong = _NO_DAY[connection.vendor, what].format(column)
        # As a text, since what is no day cannot be read as one.
        for entry, found in ask(f"SELECT {place}, CAST({column} AS VARCHAR(40)) FROM {table} WHERE {wrong}"):
            yield EntryProblem(entry, f"{table} has {what} written as {found} for the entry in place {entry}.")


_DAYS = (
    ("a day", "ledger_entry", "dated_on", "id"),
    ("a day", "ledger_posting", "dated_on", "entry_id"),
    ("an instant", "ledger_entry", "posted_at", "id"),
)
# On SQLite they are texts, and may be any; PostgreSQL has days and instants that Python has not.
_NO_DAY = {
    ("sqlite", "a day"): "{0} IS NOT date({0}, '+0 days')",
    ("sqlite", "an instant"): "{0} IS NOT datetime({0}, '+0 days')",
    ("postgresql", "a day"): f"EXTRACT(YEAR FROM {{0}}) NOT BETWEEN {EARLIEST} AND {LATEST}",
    ("postgresql", "an instant"): "{0} <> date_trunc('second', {0}) OR EXTRACT(YEAR FROM {0}) NOT BETWEEN 1 AND 9998",
}
