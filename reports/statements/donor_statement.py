"""A donor's statement as sheets, in the reader's language."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from fund.money import to_amount
from fund.policy import POOL
from fund.queries.shares import PoolShare
from fund.queries.statement_lines import AgreementLine, DonorStatement
from ledger.money import Amount
from reports.sheets import Column, Row, Sheet, amount_column


def statement_sheets(statement: DonorStatement, fund: str) -> Iterator[Sheet]:
    """The statement as on its page; sheets that would be empty are left out."""
    yield _summary(statement, fund)
    yield _balances(statement)
    if statement.projects:
        yield _projects(statement)
    if statement.agreements:
        yield _agreements(statement)
        yield _instalments(statement)
    if statement.receipts:
        yield _receipts(statement)
    if statement.in_kind:
        yield _in_kind(statement)
    if statement.pledges:
        yield _pledges(statement)
    if statement.pool:
        yield _pool(statement, statement.pool)
    if any(line.trial_balance for line in statement.funds):
        yield _trial_balances(statement)


def _heading(statement: DonorStatement, what: str) -> str:
    return f"{statement.donor} · {what} · {statement.as_of}"


def _summary(statement: DonorStatement, fund: str) -> Sheet:
    figures = [
        (_("Pledged"), statement.pledged),
        (_("Pledged, not yet signed"), statement.pledged_open),
        (_("Signed"), statement.figures.signed),
        (_("Received"), statement.figures.received),
        (_("Unapplied"), statement.figures.unapplied),
        (_("Outstanding"), statement.figures.outstanding),
        (_("Overdue"), statement.overdue),
        (_("Deferred"), statement.figures.deferred),
        *([(_("Written off"), statement.written_off)] if statement.written_off else []),
        *([(_("Refunded"), statement.refunded)] if statement.refunds else []),
        *([(_("In kind"), statement.given_in_kind)] if statement.in_kind else []),
        (_("Spent"), statement.spent),
        (_("Balance"), statement.balance),
    ]
    facts: list[Row] = [
        [_("Fund"), fund],
        [_("Donor"), statement.donor.name],
        [_("At the end of"), statement.as_of],
        [_("Currency"), statement.currency],
    ]
    rows = facts + [[label, Amount(minor, statement.currency)] for label, minor in figures]
    columns = [Column(_("What"), 34), Column(_("Value"), 50)]
    note = _("At carrying amounts. Unapplied: what came beyond what was owed, and waits for the donor's word.")
    return Sheet(_("Statement"), _heading(statement, _("Statement")), columns, rows, notes=[note], facts=True)


def _balances(statement: DonorStatement) -> Sheet:
    titles = (_("Paid in"), _("Spent"), _("Other costs"), _("Balance"), _("Of it obligated"))
    columns = [Column(_("Sub-fund"), 24), *(amount_column(title, statement.currency) for title in titles)]
    rows: list[Row] = []
    for line in statement.funds:
        label = _("Share of the pool") if line.fund == POOL else line.fund
        minors = (line.paid_in, line.spent, line.other, line.balance, line.obligated)
        rows.append([label, *(Amount(minor, statement.currency) for minor in minors)])
    notes = [
        _("Paid in: what was received, less what is unapplied. Paid in less spent and other costs is the balance."),
        _("Other costs: bank charges less exchange gains and the like; below zero where the gains are more."),
        _("Obligated: contracts that are let and not paid yet."),
    ]
    return Sheet(_("What is left"), _heading(statement, _("What is left")), columns, rows, notes=notes)


def _projects(statement: DonorStatement) -> Sheet:
    titles = (_("Of own sub-funds"), _("Share of the pool"), _("Together"))
    columns = [Column(_("Project"), 14), Column(_("Title"), 40), Column(_("Spent on"), 34)]
    columns += [amount_column(title, statement.currency) for title in titles]
    rows: list[Row] = []
    for line in statement.projects:
        amounts = [Amount(minor, statement.currency) for minor in (line.own, line.share, line.total)]
        rows.append([line.project, line.title, line.category_label, *amounts])
    return Sheet(_("Projects"), _heading(statement, _("What the money did, by project")), columns, rows)


def _in_kind(statement: DonorStatement) -> Sheet:
    columns = [Column(_("Number"), 16), Column(_("Received on"), 12), Column(_("Project"), 14)]
    columns += [Column(_("What was given"), 40), Column(_("How it was measured"), 40)]
    columns.append(amount_column(_("Fair value"), statement.currency))
    rows: list[Row] = [
        [
            line.gift.number,
            line.gift.dated_on,
            line.gift.project.code,
            line.gift.description,
            line.gift.measurement,
            Amount(line.value, statement.currency),
        ]
        for line in statement.in_kind
    ]
    return Sheet(_("In kind"), _heading(statement, _("In kind")), columns, rows)


_OWN = 17


def _figure_titles() -> tuple[str, str, str, str]:
    return _("Signed"), _("Received"), _("Unapplied"), _("Outstanding")


def _agreements(statement: DonorStatement) -> Sheet:
    own, carried = _("own currency"), _("carried")
    columns = [Column(_("Agreement"), 16), Column(_("Reference"), 20), Column(_("Signed on"), 12)]
    columns += [Column(_("Sub-fund"), 16), Column(_("Currency"), 10)]
    columns += [Column(title, _OWN, own, number=True) for title in _figure_titles()]
    titles = (*_figure_titles(), _("Deferred"))
    columns += [amount_column(f"{title}, {carried}", statement.currency) for title in titles]
    rows: list[Row] = []
    for line in statement.agreements:
        agreement = line.agreement
        facts: Row = [
            agreement.number,
            agreement.reference or None,
            agreement.signed_on,
            agreement.sub_fund,
            line.currency,
        ]
        amounts = [*line.own.amounts(line.currency), *line.figures.carried(statement.currency)]
        rows.append([*facts, *amounts])
    return Sheet(_("Agreements"), _heading(statement, _("Agreements")), columns, rows)


def _instalments(statement: DonorStatement) -> Sheet:
    titles = (_("Signed"), _("Received"), _("Outstanding"))
    columns = [Column(_("Instalment"), 18), Column(_("Due on"), 12), Column(_("Currency"), 10)]
    columns += [Column(title, _OWN, _("own currency"), number=True) for title in titles]
    columns.append(Column(_("State"), 14))
    rows = [row for line in statement.agreements for row in _instalment_rows(line)]
    return Sheet(_("Instalments"), _heading(statement, _("Instalments")), columns, rows)


def _instalment_rows(line: AgreementLine) -> Iterator[Row]:
    for due in line.instalments:
        standing = due.standing
        minors = (standing.signed, standing.received, standing.outstanding)
        amounts = [Amount(minor, standing.currency) for minor in minors]
        settled = _("Settled") if standing.outstanding <= 0 else _("To come")
        state = _("Overdue") if due.is_overdue else settled
        yield [due.instalment.reference, due.instalment.due_on, standing.currency, *amounts, state]


def _receipts(statement: DonorStatement) -> Sheet:
    titles = (_("Arrived"), _("Kept by banks"), _("Unapplied"))
    columns = [Column(_("Receipt"), 16), Column(_("Received on"), 12), Column(_("Of"), 16)]
    columns += [Column(_("Bank reference"), 26), Column(_("Currency"), 10)]
    columns += [Column(title, _OWN, _("own currency"), number=True) for title in titles]
    rows: list[Row] = []
    for row in statement.receipts:
        amounts = [to_amount(money) for money in (row.amount, row.charges, row.excess)]
        receipt, of = row.receipt, row.agreement or _("Gift")
        facts: Row = [receipt.number, receipt.received_on, of, receipt.reference, amounts[0].currency]
        rows.append([*facts, *amounts])
    return Sheet(_("Receipts"), _heading(statement, _("Receipts")), columns, rows)


def _pledges(statement: DonorStatement) -> Sheet:
    titles = (_("Pledged"), _("Not yet signed"))
    columns = [Column(_("Pledge"), 16), Column(_("Announced on"), 12), Column(_("Currency"), 10)]
    columns += [Column(title, _OWN, _("own currency"), number=True) for title in titles]
    rows: list[Row] = []
    for line in statement.pledges:
        amounts = (line.pledged.amount, line.open.amount)
        rows.append([line.pledge.number, line.pledge.announced_on, amounts[0].currency, *amounts])
    return Sheet(_("Pledges"), _heading(statement, _("Pledges")), columns, rows)


def _pool(statement: DonorStatement, pool: PoolShare) -> Sheet:
    lines: Iterable[tuple[str, int, int, Decimal | None]] = (
        (_("Paid in"), pool.paid_in, pool.paid_in_share, None),
        *((f"{line.project} · {line.category_label}", line.amount, line.share, line.up_from) for line in pool.spending),
        (_("Spent"), pool.spent, pool.spent_share, None),
        (_("Other costs"), pool.other, pool.other_share, None),
        (_("Balance"), pool.balance, pool.balance_share, pool.balance_up_from),
        (_("Of it obligated"), pool.obligated, pool.obligated_share, pool.obligated_up_from),
    )
    columns = [Column(_("Line"), 46)]
    columns += [amount_column(title, statement.currency, total=False) for title in (_("The whole pool"), _("Share"))]
    columns.append(Column(_("Cent from"), 12))
    rows: list[Row] = [
        [
            label,
            Amount(whole, statement.currency),
            Amount(part, statement.currency),
            "" if up_from is None else str(up_from),
        ]
        for label, whole, part, up_from in lines
    ]
    notes = [
        _("Pro rata to what the pool's donors paid in up to the day: the line, times the donor's, divided by all,"),
        _("without the fraction of a cent. Where that fraction is “Cent from” or more, the share is a cent more"),
        _("(of equal fractions, the first donor's by code), so that the shares of all add up to the line."),
        _("Other costs are what remains between paid in, spent and balance."),
    ]
    return Sheet(_("Share of the pool"), _heading(statement, _("Share of the pool")), columns, rows, notes=notes)


def _trial_balances(statement: DonorStatement) -> Sheet:
    columns = [Column(_("Sub-fund"), 16), Column(_("Account"), 46), Column(_("Currency"), 10)]
    columns.append(Column(_("Balance"), _OWN, _("own currency"), number=True))
    columns.append(amount_column(_("Carried"), statement.currency))
    rows: list[Row] = []
    for line in statement.funds:
        for total in line.trial_balance:
            amounts = [Amount(total.amount, total.currency), Amount(total.functional, statement.currency)]
            rows.append([line.fund, total.account, total.currency, *amounts])
    note = _("Debit positive, credit negative: each sub-fund adds up to zero.")
    return Sheet(_("Trial balance"), _heading(statement, _("Trial balance")), columns, rows, notes=[note])
