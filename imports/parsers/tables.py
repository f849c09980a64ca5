"""A table with named columns, whatever format it came in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from imports.errors import Problem, refuse

LARGEST_FILE = 20 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 100


@dataclass(frozen=True, slots=True)
class Column:
    """A column that an import reads, by its name or by another name for it."""

    name: str
    others: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that has no value to read, such as a formula, and why."""

    reason: str


Cell = str | Unreadable
Records = Iterable[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row by column, and the row's number as a spreadsheet counts: the header is row 1."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(slots=True)
class Table:
    """The rows of a file, what is wrong with its form, and the names of the columns that are not read."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """Where each column stands."""

    places: Mapping[str, int]
    ignored: tuple[str, ...]
    width: int


def build_table(records: Records, columns: Sequence[Column], *, even: bool) -> Table:
    """Reads the header out of the first record that is not blank, and a row out of each other one.

    `even` demands as many cells of each row as the header has. Raises FileRefused where the header is not as needed.
    """
    header: Header | None = None
    table = Table()
    for number, record in enumerate(records, 1):
        if not any(record):
            continue
        if header is None:
            header = _read_header(record, columns, number)
            table.ignored = header.ignored
            continue
        problem = _check_width(record, header, number, even=even)
        if problem:
            table.problems.append(problem)
        else:
            table.rows.append(_to_row(record, header, number))
        if len(table.rows) > MOST_ROWS:
            raise refuse(f"The file has more than {MOST_ROWS:,} rows: divide it.")
    if header is None:
        raise refuse("The file is empty.")
    return table


def names_all(record: Sequence[Cell], columns: Sequence[Column]) -> bool:
    """True where a record names every column that is needed."""
    names = {_normalise(cell) for cell in record if isinstance(cell, str)}
    return all(names & _known_names(column) for column in columns if column.required)


def _read_header(record: Sequence[Cell], columns: Sequence[Column], number: int) -> Header:
    if len(record) > MOST_COLUMNS:
        raise refuse(f"There are more than {MOST_COLUMNS} columns.", row=number)
    names = [_normalise(cell) if isinstance(cell, str) else "" for cell in record]
    _check_once(names, number)
    places: dict[str, int] = {}
    for column in columns:
        found = [place for place, name in enumerate(names) if name in _known_names(column)]
        if len(found) > 1:
            both = " and ".join(f"“{record[place]}”" for place in found)
            raise refuse(f"{both} both name the column {column.name}: leave one.", row=number)
        if found:
            places[column.name] = found[0]
    _check_complete(places, columns, number)
    ignored = (str(cell).strip() for place, cell in enumerate(record) if names[place] and place not in places.values())
    return Header(places, tuple(ignored), len(record))


def _check_once(names: Sequence[str], number: int) -> None:
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise refuse(f"Two columns have the name {twice[0]}.", row=number)


def _check_complete(places: Mapping[str, int], columns: Sequence[Column], number: int) -> None:
    missing = [column.name for column in columns if column.required and column.name not in places]
    if missing:
        needed = ", ".join(column.name for column in columns if column.required)
        raise refuse(f"No column is named {', '.join(missing)}. The first row has to name {needed}.", row=number)


def _known_names(column: Column) -> set[str]:
    return {_normalise(name) for name in (column.name, *column.others)}


def _normalise(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", name.strip()).casefold()


def _check_width(record: Sequence[Cell], header: Header, number: int, *, even: bool) -> Problem | None:
    if even and len(record) != header.width:
        return Problem(number, "", f"This row has {len(record)} cells, the header has {header.width}.")
    if any(record[header.width :]):
        return Problem(number, "", f"There is something beyond the {header.width} columns that the header names.")
    return None


def _to_row(record: Sequence[Cell], header: Header, number: int) -> Row:
    cells = {name: record[place] if place < len(record) else "" for name, place in header.places.items()}
    return Row(number, cells)
