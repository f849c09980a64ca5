"""Live formulas that tie each sheet of the audit workbook to the trial balance: every difference is 0.00."""

from collections.abc import Iterator, Sequence

from fund import policy
from ledger.money import digits
from ledger.queries import functional_currency
from reports.sheets import Column, Combined, Count, Difference, Here, Row, Sheet, Sum, Verdict
from reports.statements import cover, projects
from reports.statements.balances import Balance, account_group
from reports.statements.contributions import AGREEMENTS, DONORS
from reports.statements.disbursements import DURING, LINES, PROJECTS, TO_DATE
from reports.statements.journal import JOURNAL
from reports.statements.trial_balance import ACCOUNTS, CLOSING, CREDIT, CURRENCIES, DEBIT, OPENING, SUB_FUNDS

CHECKS = "Checks"

CHECK, OF, FIGURE, AGAINST, DIFFERENCE, RESULT = "Check", "Of", "Figure", "Against", "Difference", "Result"

# What a spreadsheet holds exactly.
_MOST_DIGITS = 15

Terms = tuple[Sum | Count, ...]
Where = tuple[tuple[str, str | Here], ...]


def checks(balances: Sequence[Balance]) -> Sheet:
    """One row per check: both figures, their difference and the result. `balances` name accounts and sub-funds."""
    rows = [*_whole(), *_donors(), *_projects(), *_accounts(balances), *_funds(balances)]
    every, good = Count(CHECKS, CHECK), Count(CHECKS, RESULT, "OK")
    return Sheet(
        CHECKS,
        "Checks",
        [
            Column(CHECK, 58),
            Column(OF, 44),
            *(Column(title, 20, number=True) for title in (FIGURE, AGAINST, DIFFERENCE)),
            Column(RESULT, 24, verdict=True),
        ],
        rows,
        notes=[
            "Live formulas, the only ones of this workbook, calculated on opening. Where nothing shows, allow editing.",
            f"Amounts in {functional_currency()}, debit positive.",
        ],
        foot=_count_row("All checks, and how many of them are OK", (every,), (good,)),
    )


def _row(what: str, figure: Terms, against: Terms = (), *, less: Terms = (), of: str = "", minus: Terms = ()) -> Row:
    """A check of amounts: `figure` less `less` is `against` less `minus`."""
    return _make_row(what, of, Combined(figure, less, _places()), Combined(against, minus, _places()))


def _count_row(what: str, figure: Terms, against: Terms) -> Row:
    """A check of numbers of things."""
    return _make_row(what, "", Combined(figure), Combined(against))


def _make_row(what: str, of: str, figure: Combined, against: Combined) -> Row:
    difference = Difference(Here(FIGURE), Here(AGAINST), figure.places)
    verdict = Verdict(Here(DIFFERENCE), Here(FIGURE), 10 ** (_MOST_DIGITS - figure.places))
    return [what, of or None, figure, against, difference, verdict]


def _places() -> int:
    return digits(functional_currency())


def _cover(label: str) -> Sum:
    return Sum(cover.COVER, cover.VALUE, ((cover.WHAT, label),))


def _trial(column: str, *prefixes: str) -> Terms:
    """A column of the trial balance, of groups of accounts named by their prefixes in the policy."""
    groups = [prefix.removesuffix(":") for prefix in prefixes]
    return tuple(Sum(ACCOUNTS, column, (("Group", group),)) for group in groups) or (Sum(ACCOUNTS, column),)


def _journal(column: str, kind: str, *prefixes: str) -> Terms:
    return tuple(Sum(JOURNAL, column, (("Group", account_group(prefix)), ("Kind", kind))) for prefix in prefixes)


def _whole() -> Iterator[Row]:
    yield _count_row("Postings: journal = cover", (Count(JOURNAL, "Reference"),), (_cover(cover.POSTINGS),))
    for side, control in ((DEBIT, cover.DEBIT), (CREDIT, cover.CREDIT)):
        yield _row(f"{side}: journal = cover", (Sum(JOURNAL, side),), (_cover(control),))
        yield _row(f"{side}: journal = trial balance", (Sum(JOURNAL, side),), _trial(side))
        yield _row(f"{side}: sub-funds = trial balance", (Sum(SUB_FUNDS, side),), _trial(side))
    yield _row("Debit = credit in the journal", (Sum(JOURNAL, DEBIT),), (Sum(JOURNAL, CREDIT),))
    yield _row("Opening balances add up to zero", _trial(OPENING))
    yield _row("Closing balances add up to zero", _trial(CLOSING))


def _donors() -> Iterator[Row]:
    for when in ("opening", "closing"):
        column = when.capitalize()
        pledged, outstanding = Sum(DONORS, f"Pledged, {when}"), Sum(DONORS, f"Outstanding, {when}")
        unapplied = Sum(DONORS, f"Unapplied, {when}")
        yield _row(f"Pledged, {when}: donors = trial balance", (pledged,), _trial(column, policy.PLEDGED))
        yield _row(f"Outstanding, {when}: donors = trial balance", (outstanding,), _trial(column, *policy.OWED))
        yield _row(f"Unapplied, {when}: donors = trial balance", (unapplied,), minus=_trial(column, policy.UNAPPLIED))
        deferred = Sum(DONORS, f"Deferred, {when}")
        yield _row(f"Deferred, {when}: donors = trial balance", (deferred,), minus=_trial(column, policy.DEFERRED))
    outstanding, unapplied = Sum(AGREEMENTS, "Outstanding, carried"), Sum(AGREEMENTS, "Unapplied, carried")
    yield _row("Outstanding: agreements = trial balance", (outstanding,), _trial(CLOSING, *policy.OWED))
    yield _row("Unapplied: agreements = trial balance", (unapplied,), minus=_trial(CLOSING, policy.UNAPPLIED))
    deferred = Sum(AGREEMENTS, "Deferred, carried")
    yield _row("Deferred: agreements = trial balance", (deferred,), minus=_trial(CLOSING, policy.DEFERRED))
    income = (Sum(DONORS, "Income"),)
    credit, debit = _trial(CREDIT, policy.CONTRIBUTIONS), _trial(DEBIT, policy.CONTRIBUTIONS)
    yield _row("Income: donors = trial balance", income, credit, minus=debit)
    yield from _donors_in_journal()


def _donors_in_journal() -> Iterator[Row]:
    for what, sheet_column, kind, sign, prefixes in (
        ("Signed", "Signed", "agreement", 1, policy.OWED),
        ("Settled", "Settled", "receipt", 1, policy.OWED),
        ("Received", "Received", "receipt", 1, (policy.BANK, policy.BANK_CHARGES)),
        ("Exchange difference", "Exchange difference", "receipt", -1, (policy.EXCHANGE,)),
    ):
        debit, credit = _journal(DEBIT, kind, *prefixes), _journal(CREDIT, kind, *prefixes)
        against, minus = (debit, credit) if sign > 0 else (credit, debit)
        yield _row(f"{what}: donors = journal", (Sum(DONORS, sheet_column),), against, minus=minus)


def _projects() -> Iterator[Row]:
    standing = projects.PROJECTS
    columns = (projects.ALLOCATED, projects.OBLIGATED, projects.ADVANCED)
    allocated, obligated, advanced = ((Sum(standing, column),) for column in columns)
    expense = (Sum(standing, projects.SPENT), Sum(standing, projects.IN_KIND))
    yield _row("Allocated: projects = trial balance", allocated, minus=_trial(CLOSING, policy.ALLOCATED))
    yield _row("Spent and in kind: projects = trial balance", expense, _trial(CLOSING, policy.PROJECTS))
    yield _row("Obligated: projects = trial balance", obligated, _trial(CLOSING, policy.OBLIGATED))
    yield _row("Advanced: projects = trial balance", advanced, _trial(CLOSING, policy.ADVANCES))
    debit, credit = _trial(DEBIT, policy.PROJECTS), _trial(CREDIT, policy.PROJECTS)
    yield _row("Spent in the period: projects = trial balance", (Sum(PROJECTS, DURING),), debit, minus=credit)
    yield _row("Spent to date: projects = trial balance", (Sum(PROJECTS, TO_DATE),), _trial(CLOSING, policy.PROJECTS))
    yield _row("Spent in the period: lines = projects", (Sum(LINES, "Spent"),), (Sum(PROJECTS, DURING),))


def _accounts(balances: Sequence[Balance]) -> Iterator[Row]:
    where: Where = (("Account", Here(OF)),)
    for account in dict.fromkeys(one.account for one in balances):
        moved = [(Sum(sheet, DEBIT, where),) for sheet in (JOURNAL, ACCOUNTS)]
        less = [(Sum(sheet, CREDIT, where),) for sheet in (JOURNAL, ACCOUNTS)]
        yield _row("Moved: journal = trial balance", moved[0], moved[1], less=less[0], of=account, minus=less[1])
        currencies, trial = Sum(CURRENCIES, "Closing carried", where), Sum(ACCOUNTS, CLOSING, where)
        yield _row("Closing: currencies = trial balance", (currencies,), (trial,), of=account)


def _funds(balances: Sequence[Balance]) -> Iterator[Row]:
    where: Where = (("Sub-fund", Here(OF)),)
    for fund in sorted({one.fund for one in balances}):
        yield _row("Closing balances add up to zero", (Sum(SUB_FUNDS, CLOSING, where),), of=fund)
        journal, funds = Sum(JOURNAL, DEBIT, where), Sum(SUB_FUNDS, DEBIT, where)
        yield _row("Debit: journal = sub-funds", (journal,), (funds,), of=fund)
