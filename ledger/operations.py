"""The only writers of the books. Each runs in one transaction, under the lock that puts writers in line."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from ledger import accounts, beans, queries, syntax, triggers
from ledger.chain import GENESIS, chain_hash, entry_number
from ledger.entries import LONGEST_NAME, Draft, check_draft, check_text, opposite
from ledger.errors import AccountInvalid, AlreadyReversed, BooksBusy, EntryInvalid, YearInvalid, YearNotOpen
from ledger.models import LARGEST_TOTAL, Account, Entry, FiscalYear, Link, MonthTotal, Posting
from ledger.money import digits
from ledger.waits import SUSPECTS, is_busy

_EARLIEST, _LATEST = 1900, 2199


@contextmanager
def writing() -> Iterator[None]:
    """One transaction that holds the book's lock: what is read inside stays true until it is written.

    SQLite's transactions begin IMMEDIATE and so are the lock, for which they wait in line; PostgreSQL takes an advisory
    lock. Raises BooksBusy where the wait is too long.
    """
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [triggers.LOCK])
            yield
    except SUSPECTS as error:
        if not is_busy(error):
            raise
        raise BooksBusy("Others had the books for too long: nothing was written. Try again in a moment.") from error


def open_year(year: int, *, by: str) -> FiscalYear:
    """Opens a calendar year for entries; a year that is open stays as it is. Raises YearInvalid."""
    if not _EARLIEST <= year <= _LATEST:
        raise YearInvalid(f"{year} is not a year of the books: {_EARLIEST} to {_LATEST}.", field="year")
    _check_author(by)
    with writing():
        found, _ = FiscalYear.objects.get_or_create(year=year, defaults={"opened_at": timezone.now(), "opened_by": by})
        return found


def open_account(name: str, *, currency: str = "") -> Account:
    """Opens an account; one that is open with the same currency stays as it is. Raises AccountInvalid."""
    accounts.check_name(name)
    if currency:
        digits(currency)
    with writing():
        defaults = {"currency": currency, "opened_at": timezone.now()}
        account, _ = Account.objects.get_or_create(name=name, defaults=defaults)
        if account.currency != currency:
            raise AccountInvalid(f"{name} is open already, in {account.currency or 'any currency'}.")
        return account


def check_open(on: date) -> None:
    """Raises YearNotOpen unless `on` lies in an open fiscal year."""
    years = queries.open_years()
    if on.year not in years:
        allowed = _describe_years(years)
        raise YearNotOpen(f"{on} is outside the open fiscal years. {allowed}", field="on")


def _describe_years(years: Sequence[int]) -> str:
    if not years:
        return "No year is open yet: open one first."
    return "Open: " + ", ".join(map(str, years)) + "."


def post_entry(draft: Draft, *, by: str) -> Entry:
    """Posts one entry; see `post_entries`."""
    return post_entries([draft], by=by)[0]


def post_entries(drafts: Sequence[Draft], *, by: str) -> list[Entry]:
    """Posts entries, all or none, in the order given, and returns them as they stand in the journal.

    Each is checked by the ledger's own rules and by Beancount, gets the next number of its fiscal year and its place
    in the chain, and adds to the month totals. Raises EntryInvalid, YearNotOpen or AccountInvalid.
    """
    _check_author(by)
    for draft in drafts:
        check_draft(draft, settings.FUNCTIONAL_CURRENCY)
    if not drafts:
        return []
    with writing():
        for on in {draft.on for draft in drafts}:
            check_open(on)
        opened = _find_accounts(drafts)
        entries = _number(drafts, by)
        _check_with_beancount(entries, drafts, opened)
        _insert(entries, drafts, opened)
        _add_to_totals(drafts, opened)
    return entries


def _check_author(by: str) -> None:
    problems = list(check_text(by, "The name of who posts", LONGEST_NAME))
    if not by:
        problems.append("The books say who posted an entry, or opened a year.")
    if problems:
        raise EntryInvalid(" ".join(problems))


def _find_accounts(drafts: Sequence[Draft]) -> dict[str, Account]:
    names = {leg.account for draft in drafts for leg in draft.legs}
    found = {account.name: account for account in Account.objects.filter(name__in=names)}
    missing = sorted(names - found.keys())
    if missing:
        raise AccountInvalid(f"Not an open account: {', '.join(missing)}.")
    return found


def _number(drafts: Sequence[Draft], by: str) -> list[Entry]:
    """Entries with their numbers, texts and places in the chain, not saved yet."""
    head = Entry.objects.order_by("-id").first()
    place, previous = (head.pk, head.sha256) if head else (0, GENESIS)
    sequences = {year: _last_sequence(year) for year in {draft.on.year for draft in drafts}}
    reversed_ids = _find_reversed(drafts)
    now = timezone.now().replace(microsecond=0)
    entries = []
    for draft in drafts:
        year = draft.on.year
        place, sequences[year] = place + 1, sequences[year] + 1
        number = entry_number(year, sequences[year])
        stamp = syntax.Stamp(number, f"{now:%Y-%m-%dT%H:%M:%SZ}", by)
        text = syntax.render_entry(draft, stamp, settings.FUNCTIONAL_CURRENCY)
        sha256 = chain_hash(previous, text)
        entries.append(
            Entry(
                id=place,
                number=number,
                year_id=year,
                sequence=sequences[year],
                dated_on=draft.on,
                kind=draft.kind,
                payee=draft.payee,
                narration=draft.narration,
                reverses_id=reversed_ids.get(draft.reverses),
                text=text,
                previous_sha256=previous,
                sha256=sha256,
                posted_at=now,
                posted_by=by,
            )
        )
        previous = sha256
    return entries


def _last_sequence(year: int) -> int:
    last = Entry.objects.filter(year_id=year).order_by("-sequence").values_list("sequence", flat=True).first()
    return last or 0


def _find_reversed(drafts: Sequence[Draft]) -> dict[str, int]:
    numbers = [draft.reverses for draft in drafts if draft.reverses]
    found = {entry.number: entry for entry in Entry.objects.filter(number__in=numbers)}
    for number in numbers:
        if number not in found:
            raise EntryInvalid(f"No entry has the number {number}.")
        if queries.is_reversed(found[number]) or numbers.count(number) > 1:
            raise AlreadyReversed(f"{number} is reversed already: it stays as it is.")
    return {number: entry.pk for number, entry in found.items()}


def _check_with_beancount(entries: Sequence[Entry], drafts: Sequence[Draft], opened: dict[str, Account]) -> None:
    beans.check_entries(
        [entry.text for entry in entries],
        drafts,
        opens=[syntax.OpenAccount(account.name, account.currency) for account in opened.values()],
        begins_on=queries.get_begins_on(),
        functional=settings.FUNCTIONAL_CURRENCY,
    )


def _insert(entries: Sequence[Entry], drafts: Sequence[Draft], opened: dict[str, Account]) -> None:
    """Postings and links first: the entry seals them, and the database takes no more after it."""
    pairs = list(zip(entries, drafts, strict=True))
    Posting.objects.bulk_create(
        Posting(
            entry_id=entry.pk,
            line=line,
            dated_on=draft.on,
            account=opened[leg.account],
            fund=leg.fund,
            project=leg.project,
            instalment=leg.instalment,
            currency=leg.currency,
            amount=leg.amount,
            functional=leg.functional,
        )
        for entry, draft in pairs
        for line, leg in enumerate(draft.legs, 1)
    )
    Link.objects.bulk_create(
        Link(entry_id=entry.pk, position=position, document=document)
        for entry, draft in pairs
        for position, document in enumerate(draft.links)
    )
    Entry.objects.bulk_create(entries)


_MonthKey = tuple[date, int, str, str, str]


def _add_to_totals(drafts: Iterable[Draft], opened: dict[str, Account]) -> None:
    rows: list[list[Any]] = [[*key, *cell] for key, cell in _sum_by_month(drafts, opened).items()]
    table = MonthTotal._meta.db_table
    columns = ("amount", "functional", "debit", "credit")
    added = ", ".join(f"{column} = {table}.{column} + excluded.{column}" for column in columns)
    try:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table} (month, account_id, fund, kind, currency, {', '.join(columns)}) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) "
                f"ON CONFLICT (account_id, fund, kind, currency, month) DO UPDATE SET {added}",
                rows,
            )
    except IntegrityError:
        raise EntryInvalid(f"A month's total would pass {LARGEST_TOTAL:,} minor units, the most it holds.") from None


def _sum_by_month(drafts: Iterable[Draft], opened: dict[str, Account]) -> dict[_MonthKey, list[int]]:
    sums: defaultdict[_MonthKey, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for draft in drafts:
        for leg in draft.legs:
            cell = sums[draft.on.replace(day=1), opened[leg.account].pk, leg.fund, draft.kind, leg.currency]
            cell[0] += leg.amount
            cell[1] += leg.functional
            cell[2] += max(leg.functional, 0)
            cell[3] += max(-leg.functional, 0)
    return sums


def reverse_entry(number: str, *, on: date, reason: str, by: str) -> Entry:
    """Posts the opposite of an entry, dated `on`, that names what it reverses and why.

    Raises EntryUnknown, AlreadyReversed, YearNotOpen, or EntryInvalid where `on` is before the entry's own date.
    """
    with writing():
        entry = queries.get_entry(number)
        if entry.reverses_id or queries.is_reversed(entry):
            raise AlreadyReversed(f"{number} is reversed already, or is a reversal itself: it stays as it is.")
        if on < entry.dated_on:
            raise EntryInvalid(
                f"A reversal of {number} is dated {entry.dated_on} or later.",
                field="on",
            )
        draft = queries.get_draft(entry)
        narration = f"Reversal of {draft.links[0]}: {reason}"
        return post_entry(opposite(draft, on=on, narration=narration, reverses=number), by=by)
