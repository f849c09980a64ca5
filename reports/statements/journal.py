"""The journal: every posting of the period, one row each, in the order of the chain."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from ledger.money import Amount
from ledger.queries import entries, functional_currency, postings
from reports.sheets import Column, Row, Sheet, amount_column
from reports.statements.balances import account_group
from reports.statements.period import Period

JOURNAL = "Journal"

_CHUNK = 2_000
_FIELDS = (
    "entry",
    "entry__number",
    "line",
    "dated_on",
    "account__name",
    "fund",
    "project",
    "instalment",
    "entry__kind",
    "currency",
    "amount",
    "functional",
    "entry__payee",
    "entry__narration",
    "entry__posted_by",
    "entry__posted_at",
    "entry__reverses__number",
)


def journal(period: Period) -> Sheet:
    """One row per posting, its unique reference first: the entry's number and the line. A stream, read once."""
    functional = functional_currency()
    return Sheet(
        JOURNAL,
        f"Journal, {period}",
        [
            Column("Reference", 19),
            Column("Date", 11),
            Column("Account", 42),
            Column("Group", 26),
            Column("Sub-fund", 15),
            Column("Project", 10),
            Column("Instalment", 16),
            Column("Documents", 36),
            Column("Kind", 13),
            Column("Currency", 9),
            Column("Amount", 17, "own currency", number=True),
            amount_column("Debit", functional),
            amount_column("Credit", functional),
            Column("Payee", 28),
            Column("Narration", 58),
            Column("Posted by", 14),
            Column("Posted at", 19, "UTC"),
            Column("Reverses", 16),
        ],
        _rows(period, functional),
        notes=[
            "One row per posting, in the order in which they were posted. Amounts: debit positive, credit negative."
        ],
    )


def count_rows(period: Period) -> int:
    """How many rows the journal of a period has."""
    return postings().filter(dated_on__range=(period.since, period.until)).count()


def _rows(period: Period, functional: str) -> Iterator[Row]:
    documents = _documents(period)
    current, named = 0, ""
    found = postings().filter(dated_on__range=(period.since, period.until)).order_by("entry", "line")
    for row in found.values_list(*_FIELDS).iterator(chunk_size=_CHUNK):
        entry, number, line, day, account, fund, project, instalment, kind, currency, amount, carried, *rest = row
        if entry != current:
            current, named = next(documents)
            assert current == entry
        payee, narration, posted_by, posted_at, reverses = rest
        yield [
            f"{number}/{line}",
            day,
            account,
            account_group(account),
            fund,
            project or None,
            instalment or None,
            named,
            kind,
            currency,
            Amount(amount, currency),
            Amount(carried, functional) if carried > 0 else None,
            Amount(-carried, functional) if carried < 0 else None,
            payee or None,
            narration,
            posted_by,
            posted_at,
            reverses,
        ]


def _documents(period: Period) -> Iterator[tuple[int, str]]:
    """The documents of each entry, the one that caused it first, in the order of the chain."""
    found = entries().filter(dated_on__range=(period.since, period.until)).order_by("id", "links__position")
    rows = found.values_list("id", "links__document").iterator(chunk_size=_CHUNK)
    for entry, links in groupby(rows, key=itemgetter(0)):
        yield entry, " ".join(document for _, document in links)
