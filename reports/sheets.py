"""What a report is before anything renders it: sheets of columns and rows, and formulas between them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ledger.money import Amount


@dataclass(frozen=True, slots=True)
class Here:
    """The cell of a column in the formula's own row."""

    column: str


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of a column of a sheet: of the rows whose columns hold what `where` says, or of all."""

    sheet: str
    column: str
    where: tuple[tuple[str, "str | Here"], ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows of a sheet have something in a column, or `text` where it is given."""

    sheet: str
    column: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Combined:
    """Sums and counts added up, those in `plus` less those in `minus`, shown with `places` decimals."""

    plus: "tuple[Sum | Count, ...]"
    minus: "tuple[Sum | Count, ...]" = ()
    places: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell of the row less another, rounded to `places` decimals."""

    left: Here
    right: Here
    places: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """OK where a difference in the row is zero; `largest` is the largest figure that a spreadsheet holds exactly."""

    difference: Here
    figure: Here
    largest: int


Formula = Combined | Difference | Verdict

#: Text, a number of things, a day, an instant in UTC, an amount in its own currency, or a formula.
Value = str | int | date | datetime | Amount | Formula | None
Row = Sequence[Value]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, unique within the sheet, its unit where it has one, its width in characters.

    A column with `total` is added up at the foot; its amounts have one currency. One with `verdict` says OK or not.
    """

    title: str
    width: int = 14
    unit: str = ""
    total: bool = False
    number: bool = False
    verdict: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a heading. `rows` may be a stream, which is read once.

    `foot` is a row of its own below them; without it, the columns' totals are. A sheet of `facts` has a label and a
    value in each row.
    """

    title: str
    heading: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    notes: Sequence[str] = ()
    foot: Row | None = None
    facts: bool = False


def amount_column(title: str, currency: str, *, total: bool = True, width: int = 17) -> Column:
    """A column of amounts in one currency, added up at the foot."""
    return Column(title, width, currency, total=total, number=True)


def count_column(title: str, *, width: int = 10, total: bool = False) -> Column:
    """A column of numbers of things."""
    return Column(title, width, number=True, total=total)


class Totals:
    """Adds up the columns of a sheet that have a total, row by row."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._sums: dict[int, Amount | int | None] = {
            index: None for index, column in enumerate(columns) if column.total
        }
        self._size = len(columns)

    def add(self, row: Row) -> None:
        """Adds a row's figures."""
        for index, before in self._sums.items():
            value = row[index]
            if isinstance(value, Amount):
                assert before is None or (isinstance(before, Amount) and before.currency == value.currency)
                self._sums[index] = Amount(
                    (before.minor if isinstance(before, Amount) else 0) + value.minor, value.currency
                )
            elif isinstance(value, int):
                self._sums[index] = (before if isinstance(before, int) else 0) + value

    def row(self, label: str) -> Row | None:
        """The totals as a row that begins with `label`; None where no column has any."""
        if all(value is None for value in self._sums.values()):
            return None
        return [label if index == 0 else self._sums.get(index) for index in range(self._size)]
