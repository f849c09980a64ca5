"""The two tables that a fund brings along: its signed agreements and what it received."""

from dataclasses import dataclass
from datetime import date

from imports.parsers.cells import Cells, Reading, read_rows
from imports.parsers.files import parse_table
from imports.parsers.tables import Column
from ledger.money import Amount

AGREEMENT_COLUMNS = (
    Column("donor", ("donor_name",)),
    Column("class", ("donor_class",)),
    Column("country", ("country_code",), required=False),
    Column("reference", ("agreement_ref", "agreement_reference")),
    Column("year"),
    Column("currency"),
    Column("amount"),
)
RECEIPT_COLUMNS = (
    Column("reference", ("receipt_ref", "bank_ref", "bank_reference")),
    Column("date", ("received_on",)),
    Column("agreement", ("agreement_ref", "agreement_reference")),
    Column("currency"),
    Column("amount"),
)


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One signed agreement of a year, with one instalment. Class and country are as the file has them."""

    row: int
    donor: str
    donor_class: str
    country: str
    reference: str
    year: int
    amount: Amount


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """Money that arrived for an agreement, which is named by its reference or its number."""

    row: int
    reference: str
    on: date
    agreement: str
    amount: Amount


def parse_agreements(data: bytes) -> Reading[AgreementRow]:
    """The agreements in a CSV file or an Excel workbook. Raises FileRefused where it has no such table."""
    return read_rows(parse_table(data, AGREEMENT_COLUMNS), _to_agreement)


def parse_receipts(data: bytes) -> Reading[ReceiptRow]:
    """The receipts in a CSV file or an Excel workbook. Raises FileRefused where it has no such table."""
    return read_rows(parse_table(data, RECEIPT_COLUMNS), _to_receipt)


def _to_agreement(cells: Cells) -> AgreementRow:
    return AgreementRow(
        row=cells.number,
        donor=cells.text("donor"),
        donor_class=cells.text("class"),
        country=cells.text("country", required=False),
        reference=cells.text("reference"),
        year=cells.year("year"),
        amount=cells.amount("amount", "currency"),
    )


def _to_receipt(cells: Cells) -> ReceiptRow:
    return ReceiptRow(
        row=cells.number,
        reference=cells.text("reference"),
        on=cells.date("date"),
        agreement=cells.text("agreement"),
        amount=cells.amount("amount", "currency"),
    )
