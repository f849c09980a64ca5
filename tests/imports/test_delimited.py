import pytest

from imports.errors import FileRefused
from imports.parsers.delimited import parse_csv
from imports.parsers.tables import MOST_COLUMNS, Column

COLUMNS = (Column("name"), Column("amount", ("sum",)), Column("note", required=False))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_csv_file_is_read_with_any_delimiter_and_line_end(delimiter: str, end: str):
    text = end.join((f"Name{delimiter}Sum", f'"A, B; C"{delimiter}5', ""))
    (row,) = parse_csv(text.encode(), COLUMNS).rows
    assert (row.number, row.cells) == (2, {"name": "A, B; C", "amount": "5"})


def test_a_byte_order_mark_is_no_part_of_the_first_header():
    assert parse_csv("\ufeffname,amount\nÅ,5\n".encode(), COLUMNS).rows[0].cells["name"] == "Å"


def test_rows_are_numbered_as_a_spreadsheet_does():
    table = parse_csv(b'\nname,amount\n"two\nlines",1\n\n,\nB,2\n', COLUMNS)
    assert [row.number for row in table.rows] == [3, 6]


def test_columns_that_are_not_read_are_named():
    table = parse_csv(b"name,amount,note,Paid in,paid out\nA,5,x,1,2\n", COLUMNS)
    assert table.ignored == ("Paid in", "paid out")
    assert table.rows[0].cells == {"name": "A", "amount": "5", "note": "x"}


def test_headers_may_differ_in_capitals_blanks_and_hyphens():
    columns = (Column("reference", ("agreement_ref",)),)
    assert parse_csv(b" Agreement-Ref \nX\n", columns).rows[0].cells == {"reference": "X"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff\xfen\x00a\x00", "UTF-16"),
        (b'name,amount\n"A"b,5\n', "row 2: This is not CSV: text follows a closing quotation mark."),
        (b'name;amount\n"A"b;5\n', "row 2: This is not CSV: text follows a closing quotation mark."),
        (b"name,amount\n" + b"x" * 200_000 + b",5\n", "row 2: This is not CSV: field larger than field limit"),
        (b"\n\n", "The file is empty."),
        (b"," * MOST_COLUMNS + b"name,amount\n", "row 1: There are more than 100 columns."),
    ],
)
def test_what_is_not_such_a_file_is_refused(data: bytes, message: str):
    with pytest.raises(FileRefused, match=message):
        parse_csv(data, COLUMNS)
