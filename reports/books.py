"""The whole book as Beancount text, with rates, budgets, due days and attached files."""

import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings

from fund import policy
from fund.models import ExchangeRate, Instalment, Project
from fund.queries.attachments import attachments, read_content
from ledger.book import Book, Budget, Price, write_book
from ledger.copies import open_copies
from ledger.documents import Attached
from ledger.folder import DOCUMENTS
from ledger.queries import Scope, open_years, totals
from ledger.snapshot import reading
from reports.book_queries import due_key, make_fund_queries, owed_account


def export_book(directory: Path) -> Book:
    """Writes the book into a folder, in place of one written there before. Raises FolderOccupied, BookNotWritten."""
    with reading():
        return write_book(
            directory,
            title=settings.FUND_TITLE,
            prices=_prices(),
            budgets=_budgets(),
            named_queries=make_fund_queries(),
            documents=_documents(),
            days_of=_due_days,
        )


def zip_book(path: Path) -> Book:
    """Writes the book as a zip archive with one folder, `book`."""
    with open_copies() as folder:
        book = export_book(folder / "book")
        with zipfile.ZipFile(path, "w") as archive:
            for file in book.files:
                # What is attached is packed already, for the most part.
                packing = zipfile.ZIP_STORED if file.parent.name == DOCUMENTS else zipfile.ZIP_DEFLATED
                archive.write(file, file.relative_to(folder), packing)
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


def _due_days(account: str) -> Mapping[str, date]:
    """The days on which the instalments that an account holds are due."""
    prefix = next((prefix for prefix in policy.OWED if account.startswith(prefix)), None)
    if prefix is None:
        return {}
    found = Instalment.objects.filter(agreement__donor__code=account.removeprefix(prefix))
    found = found.select_related("agreement__donor").order_by("agreement__number", "position")
    return {due_key(one): one.due_on for one in found.iterator() if owed_account(one.agreement) == account}


def _documents() -> Iterator[Attached]:
    projects = set(Project.objects.values_list("code", flat=True))
    for attachment in attachments().iterator(chunk_size=500):
        content, of = attachment.content, attachment.document
        account = f"{policy.ALLOCATED}{of}" if of in projects else ""
        read = partial(read_content, content.pk)
        yield Attached(of, content.pk, content.extension, _facts(attachment), read, account)


def _facts(attachment: Any) -> Mapping[str, str]:
    withdrawal = getattr(attachment, "withdrawal", None)
    return {
        "description": attachment.description,
        "name": attachment.name,
        "attached_at": f"{attachment.attached_at:%Y-%m-%dT%H:%M:%SZ}",
        "attached_by": attachment.attached_by.get_username(),
        "withdrawn": withdrawal.reason if withdrawal else "",
    }
