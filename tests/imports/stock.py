"""Stock bean-query, on its command line: what it finds in the book of somebody else."""

import csv
import io
import subprocess
import sys
from decimal import Decimal
from pathlib import Path


def ask_bean_query(path: Path, columns: str, where: str = "") -> dict[tuple[str, ...], Decimal]:
    """The sum of what is not zero by `columns`, such as `account, currency`, of the postings that are as in `where`."""
    query = f"SELECT {columns}, sum(number) {where and f'WHERE {where}'} GROUP BY {columns}"
    stock = Path(sys.executable).with_name("bean-query")
    said = subprocess.run([stock, "-f", "csv", path, query], capture_output=True, text=True, check=True).stdout
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(said))][1:]
    return {tuple(key): Decimal(number) for *key, number in rows if Decimal(number)}
