"""Books of somebody else, opened in ours."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from fund import policy
from fund.checks.balances import check_cash
from fund.errors import BalancesDiffer, BookOpened, FundsFirst, ValueInvalid
from fund.models import OpenedBook, OpeningMode
from fund.operations import acts
from fund.policy import CarriedEntry
from fund.policy_corrections import DOCUMENTS_OWN
from fund.queries.sub_funds import sub_funds
from ledger import operations as ledger
from ledger.money import Amount
from ledger.operations import writing
from ledger.queries import Scope, all_accounts, functional_currency, totals

# Account, sub-fund, currency.
Key = tuple[str, str, str]

_CHUNK = 1_000
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class BookFile:
    """The file that a book came in, and how much of it is opened."""

    name: str
    sha256: str
    mode: OpeningMode


def open_book(
    file: BookFile,
    *,
    entries: Sequence[CarriedEntry],
    currencies: Mapping[str, str],
    balances: Mapping[Key, int],
    by: User,
    progress: Callable[[int, int], None],
) -> OpenedBook:
    """Posts the entries of a book, all or none, and proves that our balances are the book's own.

    `currencies` are those of accounts that are not open yet (empty for any); `balances`, in minor units and debit
    positive, are what must have been added when all is posted. Raises BookOpened, BalancesDiffer, FundsFirst where a
    bank account would stand below zero, ValueInvalid, YearNotOpen, EntryInvalid.
    """
    acts.require(by, "add_openedbook")
    if not entries:
        raise ValueInvalid("There is nothing in the book to open.")
    with writing():
        check_not_opened(file.sha256)
        _check_places(entries)
        book = _record(file, entries, by)
        _open_accounts(entries, currencies)
        before = _find_balances(file.mode)
        _post(book, entries, by=by, progress=progress)
        _check_balances(before, _find_balances(file.mode), balances)
        _check_cash()
        acts.record("open book", book, by=by, detail=f"{file.name}, {book.get_mode_display()}: {len(entries):,}")
    return book


def check_not_opened(sha256: str) -> None:
    """Raises BookOpened where a file with the same bytes was opened before."""
    found = OpenedBook.objects.filter(sha256=sha256).first()
    if found:
        raise BookOpened(f"This file was opened already, as {found} of {found.created_at:%Y-%m-%d}. Nothing is opened.")


def check_accounts(accounts: Iterable[str]) -> Iterator[str]:
    """Why some accounts cannot take what a book of somebody else holds."""
    taken = tuple(f"{name.removesuffix(':')}:" for name in DOCUMENTS_OWN)
    for account in sorted(accounts):
        if f"{account}:".startswith(taken):
            yield f"{account} belongs to the fund's own documents. Give the account another name in ours."


def check_funds(funds: Iterable[str]) -> Iterator[str]:
    """Why some codes are no sub-funds."""
    known = [fund.code for fund in sub_funds()]
    for fund in sorted(set(funds) - set(known)):
        yield f"“{fund}” is not a sub-fund. There are: {', '.join(known)}; an earmarked agreement makes another one."


def _check_places(entries: Sequence[CarriedEntry]) -> None:
    legs = [leg for entry in entries for leg in entry.legs]
    problems = [*check_accounts({leg.account for leg in legs}), *check_funds({leg.fund for leg in legs})]
    if problems:
        raise ValueInvalid(" ".join(problems))


def _record(file: BookFile, entries: Sequence[CarriedEntry], by: User) -> OpenedBook:
    book = OpenedBook(sha256=file.sha256, mode=file.mode, entries=len(entries), created_by=by)
    book.file_name = acts.clean_text(file.name, field="file", longest=200)
    book.begins_on = min(entry.on for entry in entries)
    book.number = acts.take_number(OpenedBook, book.begins_on)
    book.save(force_insert=True)
    return book


def _open_accounts(entries: Sequence[CarriedEntry], currencies: Mapping[str, str]) -> None:
    names = {leg.account for entry in entries for leg in entry.legs}
    known = set(all_accounts().filter(name__in=names).values_list("name", flat=True))
    for name in sorted(names - known):
        own = policy.account_currency(name, functional_currency())
        ledger.open_account(name, currency=own or currencies.get(name, ""))


def _post(book: OpenedBook, entries: Sequence[CarriedEntry], *, by: User, progress: Callable[[int, int], None]) -> None:
    for start in range(0, len(entries), _CHUNK):
        chunk = entries[start : start + _CHUNK]
        drafts = [policy.carry_over(entry, number=book.number, kind=book.mode) for entry in chunk]
        ledger.post_entries(drafts, by=by.get_username())
        progress(start + len(chunk), len(entries))


def _find_balances(mode: OpeningMode) -> dict[Key, int]:
    found = totals(Scope(kinds=(mode.value,)), by=("account", "fund", "currency"))
    return {(total.account, total.fund, total.currency): total.amount for total in found}


def _check_balances(before: Mapping[Key, int], after: Mapping[Key, int], wanted: Mapping[Key, int]) -> None:
    differences = []
    for key in sorted(before.keys() | after.keys() | wanted.keys()):
        added, asked = after.get(key, 0) - before.get(key, 0), wanted.get(key, 0)
        if added != asked:
            account, fund, currency = key
            differences.append(f"{account} of {fund}: {Amount(added, currency)} here, {Amount(asked, currency)} there.")
    if differences:
        raise BalancesDiffer("The book has other balances by itself. " + " ".join(differences[:_MOST_NAMED]))


def _check_cash() -> None:
    problems = list(check_cash(lambda _: None))
    if problems:
        raise FundsFirst(
            f"{' '.join(problems[:_MOST_NAMED])} The fund's bank accounts have no overdraft: give such an account "
            f"another name in ours, outside {policy.BANK.removesuffix(':')}."
        )
