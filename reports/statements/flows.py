"""Follow the money: what became of each donor's money, line by line."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from fund.models import Donor, Project
from fund.queries.flows import Asked, Flow, Use, follow_every_donor, name_use
from ledger.money import Amount
from ledger.queries import functional_currency
from reports.sheets import Column, Row, Sheet, amount_column

FLOW = "Follow the money"


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
        yield [donor or None, names.get(donor), *_describe(use, titles)]


def _describe(use: Use, titles: Mapping[str, str]) -> Row:
    amount = Amount(use.amount, functional_currency())
    return [use.fund, use.project or None, titles.get(use.project), name_use(use.what), amount]


def own_flow(flow: Flow) -> Iterator[Sheet]:
    """The flow of a donor's own money as on its page, in the reader's language; nothing where nothing was paid in."""
    if not flow.sources:
        return
    donor, currency = flow.asked.donor, functional_currency()
    came, became = _("Where it came from"), _("What became of it")
    columns = [Column(_("Agreement or gift"), 18), Column(_("Sub-fund"), 16), amount_column(_("Paid in"), currency)]
    rows: list[Row] = [[one.number, one.fund, Amount(one.amount, currency)] for one in flow.sources]
    yield Sheet(came, f"{donor} · {came} · {flow.asked.until}", columns, rows)
    titles = dict(Project.objects.filter(code__in={use.project for use in flow.uses}).values_list("code", "title"))
    columns = [Column(_("Sub-fund"), 16), Column(_("Project"), 14), Column(_("Title"), 40)]
    columns += [Column(_("Spent on, or what is left"), 36), amount_column(_("Amount"), currency)]
    note = _("What was paid in, and what became of it, are the same in all. Parts of the pool are pro rata.")
    rows = [_describe(use, titles) for use in flow.uses]
    yield Sheet(became, f"{donor} · {became} · {flow.asked.until}", columns, rows, notes=[note])
