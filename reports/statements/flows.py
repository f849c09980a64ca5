"""Follow the money: what became of each donor's money, line by line."""

from collections.abc import Iterator

from fund.models import Donor, Project
from fund.queries.flows import Asked, follow_every_donor
from fund.queries.shares import name_category
from ledger.money import Amount
from ledger.queries import functional_currency
from reports.sheets import Column, Row, Sheet, amount_column

FLOW = "Follow the money"

_RESTS = {
    "before": "Spent before the period",
    "obligated": "Obligated, not paid yet",
    "advanced": "With partners",
    "left": "Allocated and left",
    "unallocated": "Not allocated yet",
    "other": "Other costs",
}


def follow_the_money(asked: Asked) -> Sheet:
    """One row per donor, sub-fund, project and what the money was spent on, or what is left of it."""
    period = f"from {asked.since} to the end of {asked.until}" if asked.since else f"to the end of {asked.until}"
    return Sheet(
        FLOW,
        f"{FLOW}, {period}",
        [
            Column("Donor", 12),
            Column("Name", 34),
            Column("Sub-fund", 16),
            Column("Project", 14),
            Column("Title", 40),
            Column("Spent on, or left", 36),
            amount_column("Amount", functional_currency()),
        ],
        _rows(asked),
        notes=[
            "A donor's rows add up to what the donor paid in: what was received, less what is unapplied.",
            f"In POOL each donor's part is pro rata to what the donors paid in up to {asked.until}. Each line is "
            "divided exactly: cents that are left over go to the largest fractions.",
            "Other costs: bank charges less exchange gains and the like; below zero where the gains are more.",
        ],
    )


def _rows(asked: Asked) -> Iterator[Row]:
    names = dict(Donor.objects.values_list("code", "name"))
    titles = dict(Project.objects.values_list("code", "title"))
    for donor, use in follow_every_donor(asked):
        what = _RESTS.get(use.what) or name_category(use.what)
        amount = Amount(use.amount, functional_currency())
        project = use.project or None
        yield [donor or None, names.get(donor), use.fund, project, titles.get(use.project), what, amount]
