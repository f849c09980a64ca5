import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import time_machine
from openpyxl import Workbook

from fund.errors import ValueInvalid
from fund.models import AuditRecord
from fund.operations.acts import record
from fund.operations.in_kind import Gift, record_in_kind
from fund.operations.milestones import accept_milestone, plan_milestone
from fund.operations.refusals import record_refusal
from ledger.queries import Scope, entries, head, totals
from reports.errors import FileOccupied, PeriodInvalid
from reports.statements.period import Period, make_period
from reports.workbooks import write_audit_workbook
from tests.reports.formulas import Calculator
from tests.reports.small_fund import FORMULA, SmallFund, money
from tests.reports.workbooks import calculate_checks, rows_of

pytestmark = pytest.mark.django_db

MADE_AT = datetime(2026, 4, 1, 12, tzinfo=UTC)
PERIODS = [(None, None), (date(2026, 1, 1), date(2026, 12, 31)), (date(2026, 1, 16), date(2026, 2, 15))]


def make(path: Path, since: date | None = None, until: date | None = None) -> Workbook:
    write_audit_workbook(path / "audit.xlsx", make_period(since, until), made_at=MADE_AT, force=True)
    return openpyxl.load_workbook(path / "audit.xlsx")


def cents(value: float | None) -> int:
    return round(Decimal(repr(value or 0)) * 100)


def formulas(book: Workbook) -> Iterator[tuple[str, str]]:
    return (
        (page.title, cell.coordinate)
        for page in book
        for row in page.iter_rows()
        for cell in row
        if cell.data_type == "f"
    )


@pytest.mark.parametrize(("since", "until"), PERIODS)
def test_every_check_comes_out_at_zero(
    small_fund: SmallFund, tmp_path: Path, since: date | None, until: date | None
) -> None:
    book = make(tmp_path, since, until)
    found = calculate_checks(book)
    assert len(found) > 50
    assert {(row["Difference"], row["Result"]) for row in found} == {(0, "OK")}
    last = book["Checks"].max_row
    assert Calculator(book).calculate("Checks", book["Checks"][f"F{last}"].value) == "OK"


@pytest.mark.parametrize(("since", "until"), PERIODS)
def test_every_check_comes_out_at_zero_with_deposits_and_applications(
    small_fund: SmallFund, tmp_path: Path, since: date | None, until: date | None
) -> None:
    small_fund.deposits()
    found = calculate_checks(make(tmp_path, since, until))
    assert {(row["Difference"], row["Result"]) for row in found} == {(0, "OK")}


def test_what_is_not_identified_has_a_row_beside_the_donors(small_fund: SmallFund, tmp_path: Path) -> None:
    small_fund.deposits()
    (row,) = [row for row in rows_of(make(tmp_path), "Contributions by donor") if row["Donor"] == "(unidentified)"]
    (cash,) = totals(Scope(accounts=("Assets:Bank:",), funds=("GENERAL",)), by=("currency",))
    assert (row["Name"], cents(row["Received"]), cash.amount) == ("Deposits not identified", cash.functional, 11000)


def test_the_projects_sheet_knows_what_is_obligated(small_fund: SmallFund, tmp_path: Path) -> None:
    small_fund.oblige("2026-03-10", {"AGR-2025-0001": "USD 120"})
    book = make(tmp_path)
    [row] = [row for row in rows_of(book, "Projects") if row["Project"] == "CYB-01"]
    assert (row["Sub-fund"], row["Allocated"], row["Obligated"]) == ("AGR-2025-0001", 400, 120)
    assert cents(row["Left"]) == 40000 - cents(row["Spent"]) - 12000
    assert {found["Result"] for found in calculate_checks(book)} == {"OK"}


def test_the_projects_sheet_knows_what_partners_have(small_fund: SmallFund, tmp_path: Path) -> None:
    small_fund.send("2026-03-20", "USD 50")
    book = make(tmp_path)
    [row] = [row for row in rows_of(book, "Projects") if (row["Project"], row["Sub-fund"]) == ("BOR-01", "POOL")]
    assert (row["Advanced"], cents(row["Left"])) == (50, 30000 - cents(row["Spent"]) - 5000)
    assert {found["Result"] for found in calculate_checks(book)} == {"OK"}


def test_what_came_in_kind_is_not_taken_off_what_a_project_has_left(small_fund: SmallFund, tmp_path: Path) -> None:
    gift = Gift(small_fund.acme, small_fund.bor, date(2026, 3, 20), money("USD 50"), "A room", "Rent nearby")
    record_in_kind(gift=gift, by=small_fund.officer)
    book = make(tmp_path)
    [row] = [row for row in rows_of(book, "Projects") if (row["Project"], row["Sub-fund"]) == ("BOR-01", "POOL")]
    assert (row["In kind"], cents(row["Left"])) == (50, 30000 - cents(row["Spent"]))
    assert {found["Result"] for found in calculate_checks(book)} == {"OK"}


def test_a_figure_that_was_tampered_with_is_told(small_fund: SmallFund, tmp_path: Path) -> None:
    book = make(tmp_path)
    debit = next(cell for cell in book["Journal"]["L"] if isinstance(cell.value, int | float))
    debit.value += 0.01
    wrong = [row["Check"] for row in calculate_checks(book) if row["Result"] != "OK"]
    assert "Debit: journal = cover" in wrong
    assert "Debit: journal = trial balance" in wrong


def test_the_checks_hold_the_only_formulas(small_fund: SmallFund, tmp_path: Path) -> None:
    assert {title for title, _ in formulas(make(tmp_path))} == {"Checks"}
    with zipfile.ZipFile(tmp_path / "audit.xlsx") as file:
        sheets = [name for name in file.namelist() if name.startswith("xl/worksheets/sheet")]
        with_formulas = [name for name in sheets if re.search(rb"<f[ >]", file.read(name))]
    assert with_formulas == [f"xl/worksheets/sheet{len(sheets)}.xml"]


def test_a_donor_whose_name_is_a_formula_is_a_text_everywhere(small_fund: SmallFund, tmp_path: Path) -> None:
    book = make(tmp_path)
    found = [(page.title, cell) for page in book for row in page.iter_rows() for cell in row if cell.value == FORMULA]
    assert {title for title, _ in found} == {"Journal", "Contributions by donor", "Agreements", "Follow the money"}
    assert {(cell.data_type, cell.quotePrefix) for _, cell in found} == {("s", True)}


def test_the_journal_has_every_posting_once_as_it_was_posted(small_fund: SmallFund, tmp_path: Path) -> None:
    rows = rows_of(make(tmp_path), "Journal")
    posted = [
        (f"{entry.number}/{leg.line}", leg.account.name, leg.fund, leg.project or None, leg.functional)
        for entry in entries().prefetch_related("postings__account")
        for leg in entry.postings.all()
    ]
    shown = [
        (row["Reference"], row["Account"], row["Sub-fund"], row["Project"], cents(row["Debit"]) - cents(row["Credit"]))
        for row in rows
    ]
    assert shown == posted
    assert len({reference for reference, *_ in shown}) == len(shown)


def test_the_journal_names_documents_reversals_and_who_posted_when(small_fund: SmallFund, tmp_path: Path) -> None:
    rows = {row["Reference"]: row for row in rows_of(make(tmp_path), "Journal")}
    signed = rows["JE-2025-000002/1"]
    assert signed["Documents"] == "AGR-2025-0001 PLG-2025-0001"
    assert signed["Date"] == datetime(2025, 12, 10)  # noqa: DTZ001 - Excel knows no time zones
    assert (signed["Kind"], signed["Payee"], signed["Posted by"]) == ("agreement", "Canada", "second-person")
    reversals = {row["Reverses"] for row in rows.values() if row["Reverses"]}
    assert reversals == {entry.reverses.number for entry in entries() if entry.reverses}


def test_amounts_keep_the_decimals_of_their_currency(small_fund: SmallFund, tmp_path: Path) -> None:
    page = make(tmp_path)["Journal"]
    looks = {page[f"J{row}"].value: page[f"K{row}"].number_format for row in range(5, page.max_row)}
    assert looks == {"USD": "#,##0.00", "CAD": "#,##0.00", "JPY": "#,##0", "KWD": "#,##0.000"}


def test_the_trial_balance_is_the_ledgers_own(small_fund: SmallFund, tmp_path: Path) -> None:
    period = Period(date(2026, 1, 16), date(2026, 2, 15))
    rows = rows_of(make(tmp_path, period.since, period.until), "Trial balance")
    opening = {total.account: total.functional for total in totals(Scope(until=period.before), by=("account",))}
    closing = {total.account: total.functional for total in totals(Scope(until=period.until), by=("account",))}
    assert {row["Account"]: cents(row["Closing"]) for row in rows} == closing
    assert {row["Account"]: cents(row["Opening"]) for row in rows if row["Opening"]} == {
        account: amount for account, amount in opening.items() if amount
    }


def test_a_donors_row_explains_itself(small_fund: SmallFund, tmp_path: Path) -> None:
    rows = {row["Donor"]: row for row in rows_of(make(tmp_path), "Contributions by donor")}
    canada = {title: cents(value) for title, value in rows["CAN"].items() if isinstance(value, int | float)}
    assert canada["Pledged, closing"] == 280000
    assert (canada["Signed"], canada["Settled"], canada["Outstanding, closing"]) == (70000, -70000, 0)
    assert (canada["Received"], canada["Unapplied, closing"], canada["Income"]) == (81300, 7500, 70000)
    assert canada["Received"] == -canada["Settled"] + canada["Unapplied, closing"] + canada["Exchange difference"]


def test_what_is_deferred_stands_with_the_donor_and_the_agreement(small_fund: SmallFund, tmp_path: Path) -> None:
    dues = [("2026-03-09", "USD 300")]
    agreement = small_fund.sign(small_fund.usa, "2026-03-01", dues, recognition="as_conditions_met", earmarked=True)
    milestone = plan_milestone(
        agreement, title="Held", due_on=date(2026, 3, 5), amount=money("USD 120"), by=small_fund.officer
    )
    accept_milestone(milestone, on=date(2026, 3, 5), note="Held", by=small_fund.officer)
    book = make(tmp_path, date(2026, 3, 2))
    rows = {row["Donor"]: row for row in rows_of(book, "Contributions by donor")}
    moved = [rows["USA"][f"Deferred, {when}"] for when in ("opening", "moved", "closing")]
    assert moved == [300, -120, 180]
    (row,) = (row for row in rows_of(book, "Agreements") if row["Agreement"] == agreement.number)
    assert (row["Income"], row["Deferred, carried"]) == ("As conditions are met", 180)
    assert {row["Result"] for row in calculate_checks(book)} == {"OK"}


def test_disbursements_are_added_up_by_project_sub_fund_and_category(small_fund: SmallFund, tmp_path: Path) -> None:
    book = make(tmp_path)
    found = [(*tuple(row.values())[:4], row["In the period"]) for row in rows_of(book, "Disbursements by project")]
    assert found == [
        ("BOR-01", "Borders", "POOL", "Supplies", 0.01),
        ("BOR-01", "Borders", "POOL", "Travel", 100),
        ("CYB-01", "Cyber security", "AGR-2025-0001", "Contractual", 75),
    ]
    lines = rows_of(book, "Disbursement lines")
    assert [row["Spent"] for row in lines if row["Document"] == "DSB-2026-0003"] == [50, -50]


def test_the_cover_says_what_was_audited(small_fund: SmallFund, tmp_path: Path) -> None:
    facts = {row["What"]: row["Value"] for row in rows_of(make(tmp_path), "Cover")}
    newest = head()
    assert newest is not None
    assert facts["Head of the chain when made: entry"] == newest.number
    assert facts["Head of the chain when made: SHA-256"] == newest.sha256
    assert facts["Entries of the period"] == entries().count()
    assert facts["Debit of the period"] == facts["Credit of the period"]
    assert facts["Made at (UTC)"] == MADE_AT.replace(tzinfo=None)


def test_the_same_books_make_the_same_cells(small_fund: SmallFund, tmp_path: Path) -> None:
    first, second = make(tmp_path), make(tmp_path)
    for page in first:
        again = second[page.title]
        assert [[cell.value for cell in row] for row in page] == [[cell.value for cell in row] for row in again]


def test_a_file_that_is_there_stays_as_it_is(small_fund: SmallFund, tmp_path: Path) -> None:
    (tmp_path / "audit.xlsx").write_text("mine")
    with pytest.raises(FileOccupied, match="is there already"):
        write_audit_workbook(tmp_path / "audit.xlsx", make_period(), made_at=MADE_AT)
    assert (tmp_path / "audit.xlsx").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["audit.xlsx"]


def test_a_period_ends_after_it_begins(small_fund: SmallFund) -> None:
    with pytest.raises(PeriodInvalid, match="before it begins on 2026-02-01"):
        make_period(date(2026, 2, 1), date(2026, 1, 31))
    assert make_period() == Period(date(2025, 1, 1), date(2026, 3, 9))


def test_books_without_a_year_have_no_period(db: None) -> None:
    with pytest.raises(PeriodInvalid, match="No fiscal year is open"):
        make_period()


def test_acts_and_refusals_of_the_period_are_sheets(small_fund: SmallFund, tmp_path: Path) -> None:
    with time_machine.travel(datetime(2026, 2, 3, 23, 59, tzinfo=UTC)):
        record("check something", "AGR-2026-0001", by=small_fund.officer, detail=FORMULA)
        record_refusal(ValueInvalid("It is not allowed."), place="open_year", by=None)
    with time_machine.travel(datetime(2026, 2, 16, tzinfo=UTC)):
        record("check later", "AGR-2026-0001", by=small_fund.officer)
    book = make(tmp_path, date(2026, 1, 16), date(2026, 2, 15))
    found = [(row["Who"], row["Act"], row["Detail"]) for row in rows_of(book, "Audit trail")]
    assert found == [("officer", "check something", FORMULA)]
    assert [row["Answer"] for row in rows_of(book, "Refusals")] == ["It is not allowed."]


def test_what_an_act_changed_is_a_cell_in_words(small_fund: SmallFund, tmp_path: Path) -> None:
    stored = {"before": '{"state": "prepared"}', "after": '{"decided_by": "%s", "state": "approved"}'}
    stored["after"] %= small_fund.officer.pk
    act = {"user": small_fund.officer, "act": "approve agreement", "subject": "AGR-2026-0001"}
    with time_machine.travel(datetime(2026, 2, 3, tzinfo=UTC)):
        AuditRecord.objects.create(**act, **stored)
    [row] = rows_of(make(tmp_path, date(2026, 2, 1), date(2026, 2, 15)), "Audit trail")
    assert row["Before"] == "State: Awaiting approval"
    assert row["After"] == "Decided by: officer; State: Approved"
