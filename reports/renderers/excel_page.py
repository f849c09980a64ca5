"""How a worksheet looks on screen and on paper."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from reports.sheets import Column

HEADING_FONT = Font(name="Calibri", size=14, bold=True)
NOTE_FONT = Font(name="Calibri", size=10, color="FF52606D")
BOLD = Font(name="Calibri", size=11, bold=True)
COLUMN_FILL = PatternFill("solid", fgColor="FFE1EEF4")
COLUMN_BORDER = Border(bottom=Side("thin", color="FF0B5876"))
FOOT_BORDER = Border(top=Side("thin"), bottom=Side("double"))
WRAPPED = Alignment(wrap_text=True, vertical="bottom")
WRAPPED_RIGHT = Alignment(wrap_text=True, vertical="bottom", horizontal="right", indent=1)
RIGHT = Alignment(horizontal="right", indent=1)
LEFT = Alignment(horizontal="left")

_GOOD = Font(color="FF14613A")
_BAD = Font(color="FF9B1C1C", bold=True)
_A3, _A4 = 8, 9
# In characters: what is wider is too small to read on A4.
_WIDEST_ON_A4 = 260
_LINE_HEIGHT = 15


def set_up_page(page: Any, columns: Sequence[Column], heading_row: int, *, portrait: bool) -> None:
    """Widths, frozen and repeated headings, one page wide. Before the first row: openpyxl writes them first."""
    for index, column in enumerate(columns, 1):
        page.column_dimensions[get_column_letter(index)].width = column.width
    page.row_dimensions[heading_row].height = _LINE_HEIGHT * max(map(_count_lines, columns))
    page.freeze_panes = f"B{heading_row + 1}"
    page.print_title_rows = f"{heading_row}:{heading_row}"
    page.page_setup.orientation = "portrait" if portrait else "landscape"
    page.page_setup.paperSize = _A4 if sum(column.width for column in columns) <= _WIDEST_ON_A4 else _A3
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_margins.left = page.page_margins.right = 0.4
    page.page_margins.top = page.page_margins.bottom = 0.75


def _count_lines(column: Column) -> int:
    # Bold letters are wider than the digits that a width is counted in.
    return len(wrap(column.title, max(column.width * 5 // 6, 1))) + bool(column.unit)


def set_running_lines(page: Any, *, left: str, right: str, below: str) -> None:
    """What stands above and below each printed page."""
    page.oddHeader.left.text, page.oddHeader.right.text = _escape(left), _escape(right)
    page.oddFooter.left.text = _escape(below)
    page.oddFooter.right.text = "&P / &N"


def _escape(text: str) -> str:
    # An ampersand begins a code there.
    return text.replace("&", "&&")


def colour_verdicts(page: Any, cells: str) -> None:
    """Verdicts that are not OK stand out."""
    good = Rule("cellIs", operator="equal", formula=['"OK"'], dxf=DifferentialStyle(font=_GOOD))
    bad = Rule("cellIs", operator="notEqual", formula=['"OK"'], dxf=DifferentialStyle(font=_BAD))
    for rule in (good, bad):
        page.conditional_formatting.add(cells, rule)
