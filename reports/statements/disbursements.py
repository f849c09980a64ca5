"""What projects spent: added up by project, sub-fund and category, and posting by posting."""

from collections.abc import Iterator, Sequence

from fund import policy
from fund.models import Project
from ledger.money import Amount
from ledger.queries import functional_currency, postings
from reports.sheets import Column, Row, Sheet, amount_column
from reports.statements.balances import Balance, add_up
from reports.statements.period import Period

PROJECTS = "Disbursements by project"
LINES = "Disbursement lines"

BEFORE, DURING, TO_DATE = "Before the period", "In the period", "To date"

_CHUNK = 2_000


def disbursements_by_project(balances: Sequence[Balance], period: Period) -> Sheet:
    """One row per project, sub-fund and category, in the functional currency."""
    functional = functional_currency()
    return Sheet(
        PROJECTS,
        f"Disbursements by project, {period}",
        [
            Column("Project", 14),
            Column("Title", 40),
            Column("Sub-fund", 16),
            Column("Category", 18),
            *(amount_column(title, functional) for title in (BEFORE, DURING, TO_DATE)),
        ],
        list(_project_rows(balances, functional)),
        notes=["Expenses at the rate of the day of payment, less what came back."],
    )


def _project_rows(balances: Sequence[Balance], functional: str) -> Iterator[Row]:
    titles = dict(Project.objects.values_list("code", "title"))
    spent = [one for one in balances if one.account.startswith(policy.PROJECTS)]
    found = add_up(spent, lambda one: (*policy.split_expense(one.account), one.fund))
    for (project, category, fund), total in sorted(
        found.items(), key=lambda item: (item[0][0], item[0][2], item[0][1])
    ):
        during = total.debit - total.credit
        amounts = [Amount(minor, functional) for minor in (total.opening, during, total.closing)]
        yield [project, titles.get(project), fund, category, *amounts]


def disbursement_lines(period: Period) -> Sheet:
    """One row per expense posting of the period, by project, category, sub-fund and day. A stream, read once."""
    functional = functional_currency()
    return Sheet(
        LINES,
        f"Disbursements, line by line, {period}",
        [
            Column("Reference", 19),
            Column("Project", 14),
            Column("Sub-fund", 16),
            Column("Category", 18),
            Column("Date", 11),
            Column("Document", 16),
            Column("Payee", 34),
            Column("Narration", 48),
            amount_column("Spent", functional),
        ],
        _line_rows(period, functional),
        notes=["The reference is that of the journal."],
    )


def _line_rows(period: Period, functional: str) -> Iterator[Row]:
    found = postings().filter(
        account__name__startswith=policy.PROJECTS,
        dated_on__range=(period.since, period.until),
        entry__links__position=0,
    )
    fields = (
        "entry__number",
        "line",
        "account__name",
        "fund",
        "dated_on",
        "entry__links__document",
        "entry__payee",
        "entry__narration",
        "functional",
    )
    rows = found.order_by("account__name", "fund", "dated_on", "entry", "line").values_list(*fields)
    for number, line, account, fund, day, document, payee, narration, spent in rows.iterator(chunk_size=_CHUNK):
        project, category = policy.split_expense(account)
        amount = Amount(spent, functional)
        yield [f"{number}/{line}", project, fund, category, day, document, payee or None, narration, amount]
