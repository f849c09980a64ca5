"""What donors owe by how long it is past due, in the functional currency and in each agreement's own."""

from collections.abc import Sequence
from datetime import date

from fund.queries.ageing import AgedDonor
from ledger.money import Amount
from ledger.queries import functional_currency
from reports.sheets import Column, Row, Sheet, amount_column

_BANDS = ("Current", "1-30", "31-90", "91-180", "Over 180", "Owed")


def ageing(donors: Sequence[AgedDonor], *, as_of: date) -> Sheet:
    """One row per agreement that owes something at the end of the day."""
    functional = functional_currency()
    has_own = any(one.currency != functional for donor in donors for one in donor.agreements)
    own = [Column("Currency", 9), *(Column(f"{band}, own", 16, number=True) for band in _BANDS)]
    return Sheet(
        "Ageing",
        f"What donors owe at the end of {as_of}, by days past due",
        [
            Column("Donor", 12),
            Column("Agreement", 16),
            *(amount_column(band, functional) for band in _BANDS),
            *(own if has_own else []),
        ],
        _rows(donors, functional, has_own),
        notes=["Carried at the amounts of the books of that day."],
    )


def _rows(donors: Sequence[AgedDonor], functional: str, has_own: bool) -> list[Row]:
    rows: list[Row] = []
    for donor in donors:
        for one in donor.agreements:
            carried = [Amount(minor, functional) for minor in (*one.functional, one.total)]
            own: Row = [one.currency, *one.own_amounts, one.own_total] if has_own else []
            rows.append([donor.donor.code, one.agreement.number, *carried, *own])
    return rows
