"""Workbooks as files."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.utils import translation

from fund.queries.flows import Flow
from fund.queries.statement_lines import DonorStatement
from ledger.snapshot import reading
from reports.errors import FileOccupied
from reports.renderers.excel import Properties, write_workbook
from reports.statements.audit_workbook import audit_sheets
from reports.statements.donor_statement import statement_sheets
from reports.statements.flows import own_flow
from reports.statements.journal import count_rows
from reports.statements.period import Period


def write_audit_workbook(
    path: Path,
    period: Period,
    *,
    made_at: datetime,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Writes the audit workbook of a period, all of it one state of the books, in English.

    Returns how many postings it has; `progress` hears how many of them are written. Raises FileOccupied where there
    is a file and not `force`, or where none can be written.
    """
    fund: str = settings.FUND_TITLE
    properties = Properties("Audit workbook", fund, f"{period}", made_at)
    with new_file(path, force=force) as part, reading(), translation.override("en"):
        count = count_rows(period)

        def hear(rows: int) -> None:
            if progress and rows <= count:
                progress(rows, count)

        write_workbook(audit_sheets(fund, period, made_at), part, properties, progress=hear)
    return count


def write_statement_workbook(path: Path, statement: DonorStatement, flow: Flow, *, made_at: datetime) -> None:
    """Writes a donor's statement with the flow of the donor's money, in the reader's language. Raises FileOccupied."""
    fund: str = settings.FUND_TITLE
    properties = Properties(str(statement.donor), fund, f"{statement.as_of}", made_at)
    with new_file(path) as part:
        write_workbook(chain(statement_sheets(statement, fund), own_flow(flow)), part, properties)


@contextmanager
def new_file(path: Path, *, force: bool = False) -> Iterator[Path]:
    """A file beside `path` that takes its place when it is whole. Raises FileOccupied."""
    if path.is_dir() or (path.exists() and not force):
        raise FileOccupied(f"{path} is there already: choose another name, or write over it with --force.")
    try:
        with tempfile.TemporaryDirectory(prefix=".part-", dir=path.parent) as folder:
            part = Path(folder) / path.name
            yield part
            part.replace(path)
    except OSError as error:
        raise FileOccupied(f"{path} cannot be written: {error.strerror or error}.") from error
