"""Formulas between sheets in Excel's words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter, quote_sheetname

from reports.sheets import Count, Difference, Formula, Here, Sum, Verdict


@dataclass(frozen=True, slots=True)
class Part:
    """One worksheet of a sheet: its title and the first and last of the rows."""

    title: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the rows of a sheet lie, and the titles of its columns."""

    parts: Sequence[Part]
    columns: Sequence[str]

    def letter(self, column: str) -> str:
        """The letter of a column."""
        return get_column_letter(self.columns.index(column) + 1)

    def ranges(self, column: str) -> list[str]:
        """The cells of a column, on every worksheet of the sheet."""
        letter = self.letter(column)
        return [f"{quote_sheetname(part.title)}!${letter}${part.first}:${letter}${part.last}" for part in self.parts]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a formula stands: the layouts of the sheets so far, its own one, and its row."""

    layouts: Mapping[str, Layout]
    own: Layout
    row: int

    def cell(self, here: Here) -> str:
        """The address of a cell in the row."""
        return f"{self.own.letter(here.column)}{self.row}"


def render_formula(formula: Formula, place: Place) -> str:
    """A formula as the text of a cell, with its equals sign."""
    if isinstance(formula, Difference):
        return f"=ROUND({place.cell(formula.left)}-{place.cell(formula.right)},{formula.places})"
    if isinstance(formula, Verdict):
        return (
            f'=IF(ABS({place.cell(formula.figure)})>={formula.largest},"too large for a spreadsheet",'
            f'IF({place.cell(formula.difference)}=0,"OK","differs"))'
        )
    plus = "+".join(_render_term(term, place) for term in formula.plus)
    minus = "".join(f"-({_render_term(term, place)})" for term in formula.minus)
    # Rounded, because a sum of floats misses zero by a hair.
    return f"=ROUND({plus or 0}{minus},{formula.places})"


def _render_term(term: Sum | Count, place: Place) -> str:
    layout = place.layouts[term.sheet]
    ranges = layout.ranges(term.column)
    if isinstance(term, Count):
        if term.text:
            return "+".join(f"COUNTIF({cells},{_quote(term.text)})" for cells in ranges)
        return f"COUNTA({','.join(ranges)})"
    if not term.where:
        return f"SUM({','.join(ranges)})"
    wanted = [
        (layout.ranges(column), _quote(value) if isinstance(value, str) else place.cell(value))
        for column, value in term.where
    ]
    sums = []
    for index, cells in enumerate(ranges):
        criteria = ",".join(f"{found[index]},{value}" for found, value in wanted)
        sums.append(f"SUMIFS({cells},{criteria})")
    return "+".join(sums)


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
