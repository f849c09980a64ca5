"""The cover of the audit workbook: whose books, which period, and what proves that they are these."""

from collections.abc import Iterator
from datetime import datetime

from ledger.money import Amount
from ledger.queries import Scope, entries, functional_currency, get_total, head
from reports.sheets import Column, Row, Sheet
from reports.statements.journal import count_rows
from reports.statements.period import Period

COVER = "Cover"

WHAT, VALUE = "What", "Value"
ENTRIES, POSTINGS = "Entries of the period", "Postings of the period"
DEBIT, CREDIT = "Debit of the period", "Credit of the period"


def cover(fund: str, period: Period, made_at: datetime) -> Sheet:
    """Facts, one a row. `made_at` is the only one that does not come from the books."""
    return Sheet(
        COVER,
        "Audit workbook",
        [Column(WHAT, 44), Column(VALUE, 70)],
        list(_rows(fund, period, made_at)),
        notes=[
            "Control totals are the journal's own running totals; the sheet Checks compares every sheet with them.",
            "The chain of hashes can be verified from the book itself, which is exported as Beancount text.",
        ],
        facts=True,
    )


def _rows(fund: str, period: Period, made_at: datetime) -> Iterator[Row]:
    yield ["Fund", fund]
    yield ["Period, first day", period.since]
    yield ["Period, last day", period.until]
    yield ["Functional currency", functional_currency()]
    yield ["Made at (UTC)", made_at]
    newest = head()
    yield ["Head of the chain when made: entry", newest.number if newest else "no entry yet"]
    yield ["Head of the chain when made: SHA-256", newest.sha256 if newest else None]
    yield ["Entries in the whole book", newest.pk if newest else 0]
    during = entries().filter(dated_on__range=(period.since, period.until))
    first, last = during.order_by("id").first(), during.order_by("-id").first()
    yield ["First entry of the period", first.number if first else None]
    yield ["Last entry of the period", last.number if last else None]
    yield [ENTRIES, during.count()]
    yield [POSTINGS, count_rows(period)]
    yield ["Documents of the period", during.order_by().values("links__document").distinct().count()]
    total = get_total(Scope(since=period.since, until=period.until))
    yield [DEBIT, Amount(total.debit, functional_currency())]
    yield [CREDIT, Amount(total.credit, functional_currency())]
