"""The whole book as Beancount text, with rates and budgets."""

import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.conf import settings

from fund import policy
from fund.models import ExchangeRate
from ledger.book import Book, Budget, Price, write_book
from ledger.queries import Scope, open_years, totals
from ledger.snapshot import reading


def export_book(directory: Path) -> Book:
    """Writes the book into a folder, in place of one written there before. Raises FolderOccupied, BookNotWritten."""
    with reading():
        return write_book(directory, title=settings.FUND_TITLE, prices=_prices(), budgets=_budgets())


def zip_book(path: Path) -> Book:
    """Writes the book as a zip archive with one folder, `book`."""
    with tempfile.TemporaryDirectory() as folder:
        book = export_book(Path(folder) / "book")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in book.files:
                archive.write(file, f"book/{file.name}")
    return book


def _prices() -> Iterator[Price]:
    for rate in ExchangeRate.objects.order_by("effective_on", "currency").iterator():
        yield rate.effective_on, rate.currency, rate.rate


def _budgets() -> Iterator[Budget]:
    """What is allocated to each project in each year; zero where nothing is, since Fava lets a budget run on."""
    allocated: defaultdict[str, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    for total in totals(Scope(accounts=(policy.ALLOCATED,)), by=("account", "month")):
        assert total.month is not None
        allocated[total.account.removeprefix(policy.ALLOCATED)][total.month.year] -= total.functional
    for project, years in sorted(allocated.items()):
        for year in open_years():
            if year >= min(years):
                yield date(year, 1, 1), f"{policy.PROJECTS}{project}", "yearly", years[year]
