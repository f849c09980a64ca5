"""What is signed, received and outstanding by year, donor or class of donors, with the whole."""

from collections.abc import Sequence

from fund.queries.figures import Group, Grouping
from ledger.money import Amount
from ledger.queries import functional_currency
from reports.sheets import Column, Row, Sheet, amount_column, count_column

_TITLES = ("Signed", "Received", "Unapplied", "Outstanding")
_LABELS = {Grouping.YEAR: "Year", Grouping.DONOR: "Donor", Grouping.CLASS: "Class"}

_COHORTS = "A receipt counts for the year of its agreement, a gift for the year in which it came."


def fund_totals(groups: Sequence[Group], by: Grouping) -> Sheet:
    """One row per group, in the functional currency; also in a group's own currency where some have another one."""
    functional = functional_currency()
    has_own = any(group.currency not in ("", functional) for group in groups)
    own = [Column("Currency"), *(Column(f"{title}, own", 17, number=True) for title in _TITLES)]
    return Sheet(
        "Totals",
        f"Contributions by {by}",
        [
            Column(_LABELS[by], 30),
            *([Column("Code")] if by == Grouping.DONOR else []),
            count_column("Agreements", total=True),
            count_column("Gifts", total=True),
            *(amount_column(title, functional) for title in (*_TITLES, "Deferred")),
            *(own if has_own else []),
        ],
        [_to_row(group, by, functional, has_own) for group in groups],
        notes=[_COHORTS] if by == Grouping.YEAR else [],
    )


def _to_row(group: Group, by: Grouping, functional: str, has_own: bool) -> Row:
    code = [group.key] if by == Grouping.DONOR else []
    figures = group.functional.carried(functional)
    own: list[str | Amount | None] = [None] * (len(_TITLES) + 1)
    if group.own:
        own = [group.currency, *group.own.amounts(group.currency)]
    return [group.label, *code, group.agreements, group.gifts, *figures, *(own if has_own else [])]
