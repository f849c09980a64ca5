"""The fund whose worker is killed: how it begins, and what the worker does over and over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection

from fund.models import Agreement, BankAccount, Donor, OpenedBook, Receipt
from fund.operations.agreements import Due, Earmark
from fund.operations.donors import add_donor
from fund.operations.people import add_person
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.treasury import add_bank_account, add_rate, open_year
from imports.operations.batches import Years
from imports.operations.books import BookOptions, import_book
from imports.operations.receipts import ReceiptOptions, import_receipts
from imports.parsers.contributions import parse_receipts
from ledger.money import Amount
from ledger.queries import entries
from tests.deeds import sign_agreement

YEAR = 2026
# A book of somebody else, the year that it is of, and how many entries it has in ours.
_BOOK = Path(__file__).parent.parent / "data" / "imports" / "books" / "small.beancount"
BOOK_YEAR = 2025
_BOOK_SIZE = 5
_AGREEMENTS = 12
_DAYS = 365


@dataclass(frozen=True, slots=True)
class Act:
    """Something that the worker begins: a receipt, a gift, an import of so many receipts, a book of so many entries."""

    key: str
    kind: str
    size: int = 1

    @property
    def references(self) -> tuple[str, ...]:
        """The bank references of its receipts, or the names of its book's entries."""
        return tuple(f"{self.key}-{row}" for row in range(1, self.size + 1))


def open_fund() -> None:
    """Makes the tables, and a fund with two banks, three donors and a few agreements."""
    call_command("migrate", verbosity=0)
    officer, _ = add_person("officer", role="Finance officer")
    for year in (BOOK_YEAR, YEAR):
        open_year(year, by=officer)
    for month in range(1, 13):
        add_rate(currency="CAD", effective_on=date(YEAR, month, 1), rate=Decimal(70 + month) / 100, by=officer)
    for code, currency in (("CITI-USD", "USD"), ("RBC-CAD", "CAD")):
        add_bank_account(code=code, name=code, currency=currency, by=officer)
    donors = [
        add_donor(code=code, name=code, donor_class="private_sector", by=officer) for code in ("ACME", "BETA", "CARE")
    ]
    for place in range(_AGREEMENTS):
        _sign(donors[place % len(donors)], Earmark() if place % 2 else None, officer)


def _sign(donor: Donor, earmark: Earmark | None, officer: User) -> None:
    dues = [Due(date(YEAR, month, 1), Amount(100_000_00, "USD")) for month in (3, 6, 9)]
    sign_agreement(
        donor=donor,
        signed_on=date(YEAR, 1, 1),
        amount=Amount(300_000_00, "USD"),
        instalments=dues,
        earmark=earmark,
        by=officer,
    )


def work(life: str, tell: Callable[[str], None]) -> None:
    """Acts without end. Tells what begins and what it wrote, and acknowledges it when its operation has returned.

    A line of an acknowledgement names each receipt, or each entry of a book, with the hash of its entry.
    """
    desk = Desk(Random(life))
    backend = connection.connection.info.backend_pid if connection.vendor == "postgresql" else 0
    tell(f"ready {backend}")
    for place in count(1):
        act = desk.choose(f"{life}A{place}")
        tell(f"begin {act.key} {act.kind} {act.size}")
        with connection.execute_wrapper(_telling(tell)):
            desk.do(act)
        tell("done " + " ".join(f"{number}={sha256}" for number, sha256 in read_hashes(act).items()))


def _telling(tell: Callable[[str], None]) -> Callable[..., Any]:
    def execute_and_tell(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if sql.lstrip().startswith(("INSERT", "UPDATE")):
            tell("wrote")
        return result

    return execute_and_tell


def read_hashes(act: Act) -> dict[str, str]:
    """The hash of each entry of an act, by its receipt or its place in its book."""
    if act.kind == "book":
        return read_book_hashes(OpenedBook.objects.get(file_name=act.key).number)
    receipts = Receipt.objects.filter(reference__in=act.references)
    caused = entries().filter(links__position=0, links__document__in=receipts.values("number"))
    return dict(caused.values_list("links__document", "sha256"))


def read_book_hashes(number: str) -> dict[str, str]:
    """The hash of each entry of an opened book, by its place in the book, such as OPB-2025-0001/1."""
    caused = entries().filter(links__position=0, links__document=number).order_by("id")
    return {f"{number}/{row}": sha256 for row, sha256 in enumerate(caused.values_list("sha256", flat=True), 1)}


class Desk:
    """What the worker needs at hand."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._officer = User.objects.get(username="officer")
        self._banks = list(BankAccount.objects.all())
        self._agreements = list(Agreement.objects.select_related("donor"))
        self._acts = {"receipt": self._receive, "gift": self._give, "import": self._import, "book": self._open_book}
        self._sizes = {"import": range(2, 7), "book": [_BOOK_SIZE]}

    def choose(self, key: str) -> Act:
        """The act that comes next."""
        kind = self._random.choice(list(self._acts))
        return Act(key, kind, self._random.choice(self._sizes.get(kind, [1])))

    def do(self, act: Act) -> None:
        """Carries an act out through the operation that pages and commands call."""
        self._acts[act.kind](act)

    def _day(self) -> date:
        return date(YEAR, 1, 1) + timedelta(self._random.randrange(_DAYS))

    def _minor(self) -> int:
        return self._random.randint(1, 5_000_00)

    def _receive(self, act: Act) -> None:
        (bank,) = (bank for bank in self._banks if bank.currency == "USD")
        facts = Facts(bank, self._day(), Amount(self._minor(), "USD"), act.references[0])
        agreement = self._random.choice(self._agreements)
        record_receipt(agreement=agreement, facts=facts, by=self._officer, accept_excess=True, accept_twin=True)

    def _give(self, act: Act) -> None:
        bank = self._random.choice(self._banks)
        facts = Facts(bank, self._day(), Amount(self._minor(), bank.currency), act.references[0])
        donor = self._random.choice(self._agreements).donor
        record_gift(donor=donor, facts=facts, by=self._officer, accept_twin=True)

    def _import(self, act: Act) -> None:
        rows = ["reference,date,agreement,currency,amount", *map(self._row, act.references)]
        reading = parse_receipts("\n".join(rows).encode())
        import_receipts(reading, by=self._officer, options=ReceiptOptions(Years(latest=YEAR), accept_twins=True))

    def _row(self, reference: str) -> str:
        agreement = self._random.choice(self._agreements).number
        return f"{reference},{self._day()},{agreement},USD,{Amount(self._minor(), 'USD').decimal}"

    def _open_book(self, act: Act) -> None:
        """The same book again and again, each time as a file that was never opened before."""
        text = _BOOK.read_bytes() + f"; {act.key}\n".encode()
        options, map_text = BookOptions(), _BOOK.with_suffix(".toml").read_bytes()
        import_book(text, name=act.key, map_text=map_text, options=options, by=self._officer)
