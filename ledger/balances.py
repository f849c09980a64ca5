"""The running balances, read at the end of any day. Posting keeps them (ledger/standing.py).

A balance (account, sub-fund, kind of event, party, currency) has a row for each day on which it moved, with all that
was posted up to then. What it is at the end of a day is its latest row of that day or before: one look-up, in a book
of a thousand entries as in one of ten million. Items (the instalments that postings name) have one row each.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils.timezone import localdate

from ledger.journal import to_date
from ledger.questions import Question, ask

# What tells balances apart, as columns.
KEY = ("account_id", "fund", "kind", "party", "currency")

_EARLIEST = date.min + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which balances to read, all of them where a field is None; `since` and `until` are included."""

    account_ids: Sequence[int] | None = None
    funds: Sequence[str] | None = None
    kinds: Sequence[str] | None = None
    parties: Sequence[str] | None = None
    since: date | None = None
    until: date | None = None

    def condition(self) -> tuple[str, list[Any]]:
        """The condition on ledger_balance, as SQL with its parameters."""
        columns = {"account_id": self.account_ids, "fund": self.funds, "kind": self.kinds, "party": self.parties}
        parts: list[str] = ["TRUE"]
        values: list[Any] = []
        for column, wanted in columns.items():
            if wanted is not None:
                parts.append(f"b.{column} IN ({', '.join(['%s'] * len(wanted))})" if wanted else "FALSE")
                values += wanted
        return " AND ".join(parts), values


# The latest row of a balance on a day or before it. Left the choice, PostgreSQL may read every row of every balance;
# so may SQLite, which keeps to the order of a CROSS JOIN. And PostgreSQL reads all the earlier days that share a page
# of the index before it gives the latest: of one month there are few, and what did not move in it is looked up twice.
_AT = {
    "sqlite": """
        ledger_daybalance {0} ON {0}.id = (
            SELECT x.id FROM ledger_daybalance x WHERE x.balance_id = b.id AND x.day <= %s ORDER BY x.day DESC LIMIT 1
        )
    """,
    "postgresql": """
        LATERAL (
            SELECT COALESCE(n.amount, x.amount) AS amount, COALESCE(n.debit, x.debit) AS debit,
                COALESCE(n.credit, x.credit) AS credit, COALESCE(n.day, x.day) AS day
            FROM (SELECT 1) AS one LEFT JOIN LATERAL (
                SELECT day, amount, debit, credit FROM ledger_daybalance x
                WHERE x.balance_id = b.id AND x.day <= %s AND x.day > %s ORDER BY x.day DESC LIMIT 1
            ) n ON TRUE LEFT JOIN LATERAL (
                SELECT day, amount, debit, credit FROM ledger_daybalance x
                WHERE n.day IS NULL AND x.balance_id = b.id AND x.day <= %s ORDER BY x.day DESC LIMIT 1
            ) x ON TRUE WHERE COALESCE(n.day, x.day) IS NOT NULL
        ) {0} ON TRUE
    """,
}
_LATELY = timedelta(days=31)
_JOIN = {"sqlite": "CROSS JOIN", "postgresql": "JOIN"}
# "account" is the account's name.
_COLUMNS = {"account": "a.name", "fund": "b.fund", "kind": "b.kind", "party": "b.party", "currency": "b.currency"}
_SUMS = ("SUM(d.amount)", "SUM(d.debit)", "SUM(d.credit)")
_MONTH = {"sqlite": "substr(m.day, 1, 7) || '-01'", "postgresql": "date_trunc('month', m.day)::date"}


def name_accounts(names: Iterable[str]) -> tuple[str, list[Any]]:
    """The condition on ledger_account a, as SQL with its parameters: names, or beginnings that end in a colon."""
    wanted = sorted(set(names))
    conditions = ["substr(a.name, 1, %s) = %s" if name.endswith(":") else "a.name = %s" for name in wanted]
    values = [value for name in wanted for value in ((len(name), name) if name.endswith(":") else (name,))]
    return f"({' OR '.join(conditions) or 'TRUE'})", values


def find_account_ids(names: Iterable[str], without: Sequence[str] = ()) -> list[int]:
    """The keys of accounts by name or beginning, but for the names `without`."""
    condition, values = name_accounts(names)
    but = " AND a.name <> %s" * len(without)
    sql = f"SELECT a.id FROM ledger_account a WHERE {condition}{but} ORDER BY a.id"
    return [pk for (pk,) in ask(sql, [*values, *without])]


def _at(alias: str, day: date) -> tuple[str, list[Any]]:
    """The rows at the end of `day`, as SQL with its parameters."""
    # Of a day to come, the last month is that of today.
    before = max(min(day, localdate()), date.min + _LATELY) - _LATELY
    days = [day] if connection.vendor == "sqlite" else [day, before, before]
    return _AT[connection.vendor].format(alias), [adapt_day(one) for one in days]


def _join(alias: str, day: date) -> tuple[str, list[Any]]:
    sql, values = _at(alias, day)
    return f"{_JOIN[connection.vendor]} {sql}", values


# The values of what was asked for; then the amount, the debit and the credit.
SumRow = tuple[tuple[Any, ...], int, int, int]


def balances_question(choice: Choice, by: Sequence[str]) -> Question[list[SumRow]]:
    """What moved from `since` to `until`, added up for each combination of `by`: _COLUMNS, and "month"."""
    if choice.since and choice.until and choice.since > choice.until:
        # Nothing moves then; the balances' difference would be what moved in between, taken back.
        choice = replace(choice, account_ids=())
    return _months_question(choice, by) if "month" in by else _sums_question(choice, by)


def _to_rows(found: Iterable[Sequence[Any]]) -> list[SumRow]:
    return [(tuple(key), int(amount), int(debit), int(credit)) for *key, amount, debit, credit in found]


def read_balances_at(choice: Choice, by: Sequence[str], days: Sequence[date]) -> Iterator[tuple[date, SumRow]]:
    """What moved up to each of some days, in one question; otherwise as `balances_question`, by no month."""
    columns = [_COLUMNS[name] for name in by]
    asked = [_phrase(choice, columns, [*_SUMS, str(place)], *_join("d", day)) for place, day in enumerate(days)]
    rows = ask(" UNION ALL ".join(sql for sql, _ in asked), [value for _, values in asked for value in values])
    for *key, amount, debit, credit, place in rows:
        yield days[place], (tuple(key), int(amount), int(debit), int(credit))


def _sums_question(choice: Choice, by: Sequence[str]) -> Question[list[SumRow]]:
    columns = [_COLUMNS[name] for name in by]
    sums: Sequence[str] = _SUMS
    tables, values = _join("d", choice.until or date.max)
    if choice.since:
        sums = [f"SUM(d.{name} - COALESCE(o.{name}, 0))" for name in ("amount", "debit", "credit")]
        earlier, days = _at("o", max(choice.since, _EARLIEST) - timedelta(days=1))
        tables, values = f"{tables} LEFT JOIN {earlier}", values + days
    return Question(*_phrase(choice, columns, sums, tables, values), _to_rows)


def _months_question(choice: Choice, by: Sequence[str]) -> Question[list[SumRow]]:
    """Each day's row less the one before, by month. Reads every day up to `until`: for whole books, not for pages."""
    moved = ", ".join(
        f"{name} - LAG({name}, 1, 0) OVER (PARTITION BY balance_id ORDER BY day) AS {name}"
        for name in ("amount", "debit", "credit")
    )
    moves = f"JOIN (SELECT balance_id, day, {moved} FROM ledger_daybalance WHERE day <= %s) m ON m.balance_id = b.id"
    columns = [_MONTH[connection.vendor] if name == "month" else _COLUMNS[name] for name in by]
    sums = ["SUM(m.amount)", "SUM(m.debit)", "SUM(m.credit)"]
    values = [adapt_day(choice.until or date.max), adapt_day(choice.since or date.min)]
    place = list(by).index("month")

    def read(rows: Iterable[Sequence[Any]]) -> list[SumRow]:
        return _to_rows([(*row[:place], to_date(row[place]), *row[place + 1 :]) for row in rows])

    return Question(*_phrase(choice, columns, sums, moves + " AND m.day >= %s", values), read)


def _phrase(
    choice: Choice, columns: Sequence[str], sums: Sequence[str], tables: str, values: Sequence[Any]
) -> tuple[str, list[Any]]:
    """A question for sums, as SQL with its parameters."""
    condition, wanted = choice.condition()
    names = "JOIN ledger_account a ON a.id = b.account_id" if "a.name" in columns else ""
    group = f"GROUP BY {', '.join(columns)}" if columns else "HAVING COUNT(*) > 0"
    selected = ", ".join([*columns, *sums])
    return f"SELECT {selected} FROM ledger_balance b {names} {tables} WHERE {condition} {group}", [*values, *wanted]


# Balance, day, amount, debit less credit.
DayRow = tuple[int, date, int, int]


def read_days(choice: Choice) -> list[DayRow]:
    """Each balance as it stands at the end of `since`, and on every later day on which it moved, by day."""
    assert choice.since
    condition, wanted = choice.condition()
    (tables, days), since = _join("d", choice.since), adapt_day(choice.since)
    columns = "b.id, d.day, d.amount, d.debit - d.credit"
    rows = ask(
        f"SELECT {columns} FROM ledger_balance b {tables} WHERE {condition} UNION ALL "
        f"SELECT {columns} FROM ledger_balance b JOIN ledger_daybalance d ON d.balance_id = b.id AND d.day > %s "
        f"WHERE {condition} ORDER BY 2",
        [*days, *wanted, since, *wanted],
    )
    return [(pk, to_date(day), amount, functional) for pk, day, amount, functional in rows]


def adapt_day(day: date) -> Any:
    """A day as the database takes it."""
    return connection.ops.adapt_datefield_value(day)


# Of an account that is not there, its key.
_NAME = "COALESCE(a.name, CAST(r.account_id AS VARCHAR))"
# What the postings come to at the end of each day on which a balance moved, as a day's row has it.
_RUNNING = f"""
    SELECT {", ".join(KEY)}, day,
        SUM(amount) OVER w AS amount, SUM(debit) OVER w AS debit, SUM(credit) OVER w AS credit
    FROM (
        SELECT p.account_id, p.fund, e.kind, p.party, p.currency, p.dated_on AS day, SUM(p.amount) AS amount,
            SUM(CASE WHEN p.functional > 0 THEN p.functional ELSE 0 END) AS debit,
            SUM(CASE WHEN p.functional < 0 THEN -p.functional ELSE 0 END) AS credit
        FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
        GROUP BY p.account_id, p.fund, e.kind, p.party, p.currency, p.dated_on
    ) AS moved
    WINDOW w AS (PARTITION BY {", ".join(KEY)} ORDER BY day)
"""
_KEPT = f"""
    SELECT {", ".join(f"b.{column}" for column in KEY)}, d.day, d.amount, d.debit, d.credit
    FROM ledger_daybalance d JOIN ledger_balance b ON b.id = d.balance_id
"""
# What every balance is after all its days, and what the postings of the entries before a place come to.
_LATEST = """
    SELECT b.account_id, b.fund, b.kind, b.party, b.currency, d.amount, d.debit, d.credit
    FROM ledger_balance b JOIN ledger_daybalance d ON d.balance_id = b.id
    WHERE d.day = (SELECT MAX(day) FROM ledger_daybalance x WHERE x.balance_id = b.id)
"""
_BEFORE = """
    SELECT p.account_id, p.fund, e.kind, p.party, p.currency, SUM(p.amount) AS amount,
        SUM(CASE WHEN p.functional > 0 THEN p.functional ELSE 0 END) AS debit,
        SUM(CASE WHEN p.functional < 0 THEN -p.functional ELSE 0 END) AS credit
    FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id WHERE e.id < {}
    GROUP BY p.account_id, p.fund, e.kind, p.party, p.currency
"""
# The first entry, in the order of the chain, with which the debits come to more than the balances have.
_CANDIDATE = f"""
    SELECT MIN(id) FROM (
        SELECT entry_id AS id, SUM(SUM(functional)) OVER (ORDER BY entry_id) AS debit
        FROM ledger_posting WHERE functional > 0 AND entry_id IN (SELECT id FROM ledger_entry) GROUP BY entry_id
    ) AS summed WHERE debit > (SELECT COALESCE(SUM(debit), 0) FROM ({_LATEST}) AS latest)
"""
_SUMMED_ITEMS = """
    SELECT instalment, account_id, currency, SUM(amount) AS amount, SUM(functional) AS functional
    FROM ledger_posting WHERE instalment <> '' GROUP BY instalment, account_id, currency
"""
_KEPT_ITEMS = "SELECT instalment, account_id, currency, amount, functional FROM ledger_openitem"


def find_wrong_days() -> list[tuple[str, str, str, str, str, date]]:
    """Account, sub-fund, kind, party, currency and day of each day's balance that is not the sum of its postings."""
    names = f"{_NAME}, r.fund, r.kind, r.party, r.currency, r.day"
    rows = _find_differences(_RUNNING, _KEPT, (*KEY, "day", "amount", "debit", "credit"), names)
    return [(*names, to_date(day)) for *names, day in rows]


def find_uncounted() -> int | None:
    """The place of the entry that no balance counts, nor any after it, where they are the sums of all before it."""
    [[place]] = ask(_CANDIDATE)
    if place is None:
        return None
    columns = (*KEY, "amount", "debit", "credit")
    others = _find_differences(_BEFORE.format(int(place)), _LATEST, columns, "r.fund")
    return None if others else int(place)


def find_wrong_items() -> list[tuple[str, str, str]]:
    """Instalment, account and currency of each open item that is not the sum of its postings."""
    columns = ("instalment", "account_id", "currency", "amount", "functional")
    return _find_differences(_SUMMED_ITEMS, _KEPT_ITEMS, columns, f"r.instalment, {_NAME}, r.currency")


def _find_differences(ours: str, theirs: str, columns: Sequence[str], names: str) -> list[Any]:
    """The rows that one of two queries has more often than the other, by `names`, each once."""
    # Each query is run once: of EXCEPT both ways PostgreSQL runs each twice.
    both = f"SELECT 1 AS side, o.* FROM ({ours}) AS o UNION ALL SELECT -1, t.* FROM ({theirs}) AS t"
    listed = ", ".join(columns)
    return ask(
        f"SELECT DISTINCT {names} FROM (SELECT {listed} FROM ({both}) AS u GROUP BY {listed} HAVING SUM(side) <> 0) "
        f"AS r LEFT JOIN ledger_account a ON a.id = r.account_id ORDER BY {names}"
    )
