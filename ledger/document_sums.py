"""What the postings of documents and instalments add up to, in minor units, debit positive.

Unlike the running balances, a document or an instalment has few postings of its own: they are summed when asked for.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from ledger.balances import adapt_day, find_account_ids, name_accounts
from ledger.models import OpenItem, Posting
from ledger.questions import Question, Row, ask

# Names, or a query of names that then runs inside the question.
Names = Collection[str] | QuerySet[Any, Any]

# Documents are looked up before postings, and accounts last: by a sum of columns of both, or a database might look up
# every document for every posting of the accounts; PostgreSQL did in a new book, whose few accounts it never counts.
_BY_DOCUMENT = """
    FROM ledger_link l JOIN ledger_entry e ON e.id = l.entry_id JOIN ledger_posting p ON p.entry_id = e.id
    JOIN ledger_account a ON a.id = p.account_id + 0 * l.entry_id WHERE l.document IN ({})
"""
# The second condition is the index's own: SQLite reads every posting without it.
_BY_INSTALMENT = """
    FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id JOIN ledger_account a ON a.id = p.account_id
    WHERE p.instalment IN ({}) AND NOT (p.instalment = '')
"""


@dataclass(frozen=True, slots=True)
class InstalmentTotal:
    """What the postings of one instalment add up to, for one account, kind of event and currency."""

    instalment: str
    account: str
    kind: str
    currency: str
    amount: int
    functional: int


def instalment_totals(instalments: Names, *, until: date | None = None) -> list[InstalmentTotal]:
    """The postings that name one of `instalments`, up to and with `until`, summed by account, kind and currency."""
    return [] if _is_empty(instalments) else instalment_question(instalments, until=until).answer()


def instalment_question(instalments: Names, *, until: date | None = None) -> Question[list[InstalmentTotal]]:
    """`instalment_totals`, to be asked together with others."""
    columns = ("p.instalment", "a.name", "e.kind", "p.currency")
    question = _sums_question(columns, _BY_INSTALMENT, instalments, (), until)
    return question.then(lambda sums: [InstalmentTotal(*(*key, *sums[key])) for key in sorted(sums)])


def document_totals(
    documents: Names, *, accounts: tuple[str, ...] = (), until: date | None = None
) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    """What the entries linked to each document add up to, for `accounts` (as in Scope), up to and with `until`.

    Maps (document, account, kind, currency) to (amount, functional amount). An entry that is linked to two of the
    documents counts for both.
    """
    return {} if _is_empty(documents) else document_question(documents, accounts=accounts, until=until).answer()


def document_question(
    documents: Names, *, accounts: tuple[str, ...] = (), until: date | None = None
) -> Question[dict[tuple[str, str, str, str], tuple[int, int]]]:
    """`document_totals`, to be asked together with others."""
    return _sums_question(("l.document", "a.name", "e.kind", "p.currency"), _BY_DOCUMENT, documents, accounts, until)


def party_totals(
    documents: Names, *, accounts: tuple[str, ...], until: date | None = None
) -> dict[tuple[str, str, str], int]:
    """What the entries that each document caused add up to on `accounts` (as in Scope), by sub-fund and party.

    Maps (document, sub-fund, party) to the functional amount; party is whom the money came from.
    """
    if _is_empty(documents):
        return {}
    caused = _BY_DOCUMENT + "AND l.position = 0"
    sums = _sums_question(("l.document", "p.fund", "p.party"), caused, documents, accounts, until).answer()
    return {key: functional for key, (_, functional) in sums.items()}


def _is_empty(names: Names) -> bool:
    return not isinstance(names, QuerySet) and not names


def _sums_question(
    columns: Sequence[str], source: str, names: Names, accounts: Sequence[str], until: date | None
) -> Question[dict[Any, tuple[int, int]]]:
    """The amount and the functional amount for each combination of `columns`. Plain SQL: every page asks it."""
    inner, values = _list(names)
    condition, wanted = name_accounts(accounts)
    group = ", ".join(columns)
    query = f"SELECT {group}, SUM(p.amount), SUM(p.functional) {source.format(inner)} AND {condition}"
    values += wanted
    if until:
        query += " AND p.dated_on <= %s"
        values.append(adapt_day(until))
    return Question(f"{query} GROUP BY {group}", values, _to_sums)


def _to_sums(rows: Iterable[Row]) -> dict[Any, tuple[int, int]]:
    return {tuple(key): (int(amount), int(functional)) for *key, amount, functional in rows}


def _list(names: Names) -> tuple[str, list[Any]]:
    """What stands between the brackets of an IN, as SQL with its parameters."""
    if isinstance(names, QuerySet):
        try:
            inner, values = names.query.sql_with_params()
        except EmptyResultSet:
            return "NULL", []
        return inner, [*values]
    return ", ".join(["%s"] * len(names)) or "NULL", [*names]


def instalment_balance(reference: OuterRef, accounts: tuple[str, ...]) -> Subquery:
    """For queries of other tables: the balance, on `accounts` (as in Scope), of the instalment in an outer column.

    In minor units of its currency; null where nothing was posted.
    """
    found = OpenItem.objects.filter(instalment=reference).order_by()
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
    return Sum("amount", filter=Q(account__in=find_account_ids(accounts) or [0]))


@dataclass(frozen=True, slots=True)
class OpenInstalment:
    """What of an instalment is open: `amount` in minor units of its currency, `functional` as it is carried."""

    instalment: str
    currency: str
    amount: int
    functional: int


def open_instalments(accounts: tuple[str, ...]) -> list[OpenInstalment]:
    """The instalments whose postings on `accounts` (as in Scope) do not add up to zero."""
    found = OpenItem.objects.filter(account__in=find_account_ids(accounts)).exclude(amount=0)
    sums = found.values_list("instalment", "currency").annotate(Sum("amount"), Sum("functional"))
    rows = sums.exclude(amount__sum=0).order_by("instalment")
    return [OpenInstalment(name, currency, int(amount), int(carried)) for name, currency, amount, carried in rows]


@dataclass(frozen=True, slots=True)
class ItemBalance:
    """What an instalment, or what has its place, comes to on an account in a sub-fund; minor units, debit positive."""

    account: str
    fund: str
    currency: str
    instalment: str
    amount: int
    functional: int


# What was open at the end of a day is open now, or moved since.
_ITEMS_AT = """
    SELECT a.name, p.fund, p.currency, p.instalment, SUM(p.amount), SUM(p.functional)
    FROM (
        SELECT instalment FROM ledger_openitem WHERE account_id IN ({0}) AND NOT (amount = 0)
        UNION SELECT instalment FROM ledger_posting WHERE account_id IN ({0}) AND dated_on > %s
    ) AS k
    JOIN ledger_posting p ON p.instalment = k.instalment AND NOT (p.instalment = '') AND p.account_id + 0 IN ({0})
    JOIN ledger_account a ON a.id = p.account_id
    WHERE p.dated_on <= %s GROUP BY a.name, p.fund, p.currency, p.instalment HAVING SUM(p.amount) <> 0
"""


def items_at(accounts: tuple[str, ...], *, until: date | None = None) -> list[ItemBalance]:
    """What is open of each instalment on `accounts` (as in Scope) at the end of a day, sorted.

    Reads the postings of what is open or moved since, and not those of what was settled before.
    """
    keys, day = find_account_ids(accounts), adapt_day(until or date.max)
    marks = ", ".join(["%s"] * len(keys)) or "NULL"
    rows = ask(_ITEMS_AT.format(marks), [*keys, *keys, day, *keys, day])
    return [ItemBalance(*(*names, int(amount), int(functional))) for *names, amount, functional in sorted(rows)]
