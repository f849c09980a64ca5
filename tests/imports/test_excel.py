"""Workbooks: what is typed into Excel comes out exactly, and what could harm is refused before it is unpacked."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from imports.errors import FileRefused
from imports.parsers.contributions import parse_receipts
from imports.parsers.excel import parse_excel, to_number_text
from imports.parsers.tables import Column
from ledger.money import Amount

HEADER = ("reference", "date", "agreement", "currency", "amount")
ROW = ("B-1", date(2026, 3, 1), "CAN/2026/7", "USD", 11477.73)
COLUMNS = tuple(Column(name) for name in HEADER)


def save(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def make_book(*rows: tuple[Any, ...]) -> Workbook:
    book = Workbook()
    assert book.active
    for row in rows:
        book.active.append(row)
    return book


def replace_in(data: bytes, member: str, old: bytes, new: bytes) -> bytes:
    """The same workbook with something else in one of its parts."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name == member:
                assert old in content
                content = content.replace(old, new)
            after.writestr(name, content)
    return changed.getvalue()


def refuse(data: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        parse_excel(data, COLUMNS)
    return str(refused.value)


def test_a_workbook_gives_real_dates_and_exact_amounts():
    reading = parse_receipts(save(make_book(HEADER, ROW)))
    assert not reading.problems
    assert reading.rows[0].on == date(2026, 3, 1)
    assert reading.rows[0].amount == Amount(1147773, "USD")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (11477.73, "11477.73"),
        (0.1 + 0.2, "0.3"),
        (123456789012.35, "123456789012.35"),
        (1e14, "100000000000000"),
        (1e20, "100000000000000000000"),
        (0.005, "0.005"),
        (1e-7, "0.0000001"),
    ],
)
def test_a_number_has_the_digits_that_excel_shows(value: float, text: str):
    assert to_number_text(value) == text


def test_an_amount_with_too_many_decimals_for_its_currency_is_refused():
    problems = parse_receipts(save(make_book(HEADER, (*ROW[:4], 0.005)))).problems
    assert [str(problem) for problem in problems] == [
        "row 2, amount: 0.005 has too many decimals: USD takes at most 2 decimals."
    ]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (4, "=5*2", "row 2, amount: This is a formula. Copy the column and paste it as values."),
        (0, "#N/A", "row 2, reference: This is an error of Excel, #N/A."),
        (1, datetime(2026, 3, 1, 12, 30), "row 2, date: “2026-03-01 12:30:00” is not a day."),  # noqa: DTZ001
        (1, 46082, "row 2, date: “46082” is not a day."),
        (4, date(2026, 3, 1), "row 2, amount: “2026-03-01” is not an amount."),
        (4, True, "row 2, amount: “True” is not an amount."),
    ],
)
def test_a_cell_of_the_wrong_kind_is_named(column: int, value: Any, message: str):
    row = [*ROW]
    row[column] = value
    (problem,) = parse_receipts(save(make_book(HEADER, tuple(row)))).problems
    assert str(problem).startswith(message)


def test_text_that_begins_with_an_equals_sign_is_text():
    book = make_book(HEADER, ROW)
    assert book.active
    cell = book.active.cell(2, 1)
    cell.value, cell.data_type = "=B-1", "s"
    assert parse_receipts(save(book)).rows[0].reference == "=B-1"


def test_formulas_in_columns_that_are_not_read_do_no_harm():
    reading = parse_receipts(save(make_book((*HEADER, "total"), (*ROW, "=E2*2"))))
    assert (len(reading.rows), reading.problems, reading.ignored) == (1, [], ("total",))


def test_a_wrong_dimension_hides_no_row():
    data = save(make_book(HEADER, ROW, ROW))
    data = replace_in(data, "xl/worksheets/sheet1.xml", b'ref="A1:E3"', b'ref="A1:E1"')
    assert [row.number for row in parse_excel(data, COLUMNS).rows] == [2, 3]


def test_empty_rows_keep_the_numbers_of_the_rows_below():
    assert [row.number for row in parse_excel(save(make_book(HEADER, (), ROW)), COLUMNS).rows] == [3]


def test_the_table_may_be_on_any_sheet_but_on_one_only():
    book = make_book(("Notes",))
    sheet = book.create_sheet("Receipts")
    sheet.append(HEADER)
    sheet.append(ROW)
    assert len(parse_excel(save(book), COLUMNS).rows) == 1
    book.copy_worksheet(sheet).title = "Copy"
    assert refuse(save(book)) == "More than one sheet has such a table: “Receipts”, “Copy”. Leave one."


def test_something_beyond_the_header_is_not_lost():
    (problem,) = parse_excel(save(make_book(HEADER, (*ROW, "late"))), COLUMNS).problems
    assert str(problem) == "row 2: There is something beyond the 5 columns that the header names."


def test_a_part_that_unpacks_to_far_more_than_its_size_is_refused():
    data = save(make_book(HEADER, ROW))
    bomb = replace_in(data, "xl/worksheets/sheet1.xml", b"<sheetData>", b"<sheetData>" + b" " * 5_000_000)
    assert "xl/worksheets/sheet1.xml unpacks to over 200 times its size" in refuse(bomb)


def test_a_workbook_of_too_many_parts_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(1_001):
            archive.writestr(str(number), "")
    assert refuse(file.getvalue()).startswith("The workbook unpacks to more than 200 MB or 1,000 parts")


def test_entities_are_not_expanded():
    declared = b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet '
    bomb = replace_in(save(make_book(HEADER, ROW)), "xl/worksheets/sheet1.xml", b"<worksheet ", declared)
    assert refuse(bomb).startswith("This is not a workbook that can be read.")


def test_a_row_number_beyond_excels_last_is_refused():
    far = replace_in(save(make_book(HEADER, ROW)), "xl/worksheets/sheet1.xml", b'<row r="2"', b'<row r="99999999"')
    assert refuse(far) == "The sheet has more than 1,048,576 rows."


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04 and nothing more", "The workbook is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "The workbook is in the old format (.xls), or has a password"),
        (save(make_book(HEADER, ROW))[:-600], "The workbook is damaged"),
    ],
)
def test_what_is_no_workbook_is_refused(data: bytes, message: str):
    assert refuse(data).startswith(message)


def test_a_zip_without_a_workbook_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert refuse(file.getvalue()).startswith("This is not a workbook that can be read.")
