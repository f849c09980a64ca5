"""What partners have and did not report yet, by how long ago it was paid."""

from collections.abc import Sequence
from datetime import date

from fund.queries.advance_ageing import AgedPartner
from ledger.money import Amount
from ledger.queries import functional_currency
from reports.sheets import Column, Row, Sheet, amount_column

_BANDS = ("0-30", "31-90", "91-180", "Over 180", "Open")


def advances_by_age(partners: Sequence[AgedPartner], *, as_of: date) -> Sheet:
    """One row per advance of which something was open at the end of the day."""
    functional = functional_currency()
    rows: list[Row] = [
        [
            partner.partner.code,
            one.advance.number,
            one.due_on,
            *(Amount(minor, functional) for minor in (*one.functional, one.advance.carried)),
            one.advance.bank_account.currency,
            Amount(one.advance.open, one.advance.bank_account.currency),
        ]
        for partner in partners
        for one in partner.advances
    ]
    return Sheet(
        "Advances",
        f"What partners had at the end of {as_of}, by days since it was paid",
        [
            Column("Partner", 12),
            Column("Advance", 16),
            Column("Report due", 12),
            *(amount_column(band, functional) for band in _BANDS),
            Column("Currency", 9),
            Column("Open, own", 16, number=True),
        ],
        rows,
        notes=["Carried at the amounts of the books of that day."],
    )
