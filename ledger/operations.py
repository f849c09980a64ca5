"""The only writers of the books. Each runs in one transaction, under the lock that puts writers in line."""

from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from ledger import accounts, beans, journal, queries, syntax, triggers
from ledger.batch import Batch, are_many
from ledger.beside import before, beside
from ledger.chain import GENESIS, chain_hash, entry_number
from ledger.entries import LONGEST_NAME, Draft, check_draft, check_text, opposite
from ledger.errors import (
    AccountInvalid,
    AlreadyReversed,
    BooksBusy,
    EntryInvalid,
    PeriodClosed,
    PeriodNotDue,
    YearInvalid,
    YearNotOpen,
)
from ledger.journal import EntryRow, State
from ledger.models import Account, Closing, Entry, FiscalYear
from ledger.money import digits
from ledger.periods import EARLIEST, LATEST, Period
from ledger.queries import Scope
from ledger.questions import Question, answer_together
from ledger.standing import Standing, carry_on, join_standings, refusing_too_large, standing_questions
from ledger.waits import SUSPECTS, is_busy

_FIELDS = [field.attname for field in Entry._meta.concrete_fields]


_LOCK = Question("SELECT pg_advisory_xact_lock(%s)", [triggers.LOCK], len)


@contextmanager
def writing(*questions: Question[Any]) -> Iterator[tuple[Any, ...]]:
    """One transaction that holds the book's lock: what is read inside stays true until it is written.

    SQLite's transactions begin IMMEDIATE and so are the lock, for which they wait in line; PostgreSQL takes an advisory
    lock, and answers `questions` in the same trip. Raises BooksBusy where the wait is too long.
    """
    locks = [_LOCK] if connection.vendor == "postgresql" else []
    try:
        with transaction.atomic():
            yield answer_together(*locks, *questions)[len(locks) :]
    except SUSPECTS as error:
        if not is_busy(error):
            raise
        raise BooksBusy("Others had the books for too long: nothing was written. Try again in a moment.") from error


def open_year(year: int, *, by: str) -> FiscalYear:
    """Opens a calendar year for entries; a year that is open stays as it is. Raises YearInvalid, EntryInvalid."""
    if not EARLIEST <= year <= LATEST:
        raise YearInvalid(f"{year} is not a year of the books: {EARLIEST} to {LATEST}.", field="year")
    _check_author(by)
    with writing():
        closed = queries.closed_until()
        if closed and year <= closed.year and year not in queries.open_years():
            raise YearInvalid(f"The books are closed up to {closed}: open a year after {closed.year}.", field="year")
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
    """Raises YearNotOpen unless `on` lies in an open fiscal year, and PeriodClosed where its month is closed."""
    _check_open({on}, journal.state_question({on.year}).answer())


def _check_open(days: Set[date], state: State) -> None:
    for on in days:
        if on.year not in state.years:
            allowed = _describe_years(queries.open_years())
            raise YearNotOpen(f"{on} is outside the open fiscal years. {allowed}", field="on")
        if state.closed_until and on <= state.closed_until:
            allowed = f"{state.closed_until + timedelta(days=1)} or later"
            raise PeriodClosed(f"{on:%Y-%m} is closed and takes no more entries. Date it {allowed}.", field="on")


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
    in the chain, and adds to the balances. Raises EntryInvalid, AlreadyReversed, YearNotOpen, PeriodClosed or
    AccountInvalid.
    """
    _check_author(by)
    functional = settings.FUNCTIONAL_CURRENCY
    for draft in drafts:
        check_draft(draft, functional)
    if not drafts:
        return []
    days = {draft.on for draft in drafts}
    questions = standing_questions(drafts)
    with writing(journal.state_question({on.year for on in days}), *questions) as (state, *found):
        _check_open(days, state)
        standing = join_standings(found)
        _check_accounts(drafts, standing)
        rows = _number(drafts, state, by)
        check = partial(
            beans.check_entries,
            [row.text for row in rows],
            drafts,
            opens=[account for _, account in standing.accounts.values()],
            begins_on=date(min(state.years), 1, 1),
            functional=functional,
        )
        # A refusal takes back what was written beside it.
        with refusing_too_large(), beside(check) if are_many(rows) else before(check):
            batch = Batch()
            journal.write_entries(batch, rows, standing.keys())
            carry_on(batch, standing, drafts)
            batch.send()
    return _to_entries(rows)


def _check_author(by: str) -> None:
    problems = list(check_text(by, "The name of who posts", LONGEST_NAME))
    if not by:
        problems.append("The books say who posted an entry, or opened a year.")
    if problems:
        raise EntryInvalid(" ".join(problems))


def _check_accounts(drafts: Iterable[Draft], standing: Standing) -> None:
    missing = sorted({leg.account for draft in drafts for leg in draft.legs} - standing.accounts.keys())
    if missing:
        raise AccountInvalid(f"Not an open account: {', '.join(missing)}.")


def _number(drafts: Sequence[Draft], state: State, by: str) -> list[EntryRow]:
    """The rows of new entries: with their numbers, texts and places in the chain."""
    place, previous, sequences = state.place, state.sha256, dict(state.years)
    reversed_ids = _find_reversed(drafts)
    now, functional = timezone.now().replace(microsecond=0), settings.FUNCTIONAL_CURRENCY
    posted_at = syntax.render_instant(now)
    rows = []
    for draft in drafts:
        year = draft.on.year
        place, sequences[year] = place + 1, sequences[year] + 1
        number = entry_number(year, sequences[year])
        text = syntax.render_entry(draft, syntax.Stamp(number, posted_at, by), functional)
        sha256 = chain_hash(previous, text)
        reverses = reversed_ids.get(draft.reverses)
        rows.append(EntryRow(place, number, sequences[year], reverses, text, previous, sha256, now, by, draft))
        previous = sha256
    return rows


def _to_entries(rows: Iterable[EntryRow]) -> list[Entry]:
    alias, make = connection.alias, Entry.from_db
    return [make(alias, _FIELDS, journal.to_columns(row, row.draft.on, row.posted_at)) for row in rows]


def _find_reversed(drafts: Sequence[Draft]) -> dict[str, int]:
    numbers = [draft.reverses for draft in drafts if draft.reverses]
    if not numbers:
        return {}
    found = {entry.number: entry for entry in Entry.objects.filter(number__in=numbers)}
    for number in numbers:
        if number not in found:
            raise EntryInvalid(f"No entry has the number {number}.")
        if queries.is_reversed(found[number]) or numbers.count(number) > 1:
            raise AlreadyReversed(f"{number} is reversed already: it stays as it is.")
    return {number: entry.pk for number, entry in found.items()}


def reverse_entry(number: str, *, on: date, reason: str, by: str, links: Sequence[str] = ()) -> Entry:
    """Posts the opposite of an entry, dated `on`, that names what it reverses and why; `links` come after its own.

    Raises EntryUnknown, AlreadyReversed, YearNotOpen, PeriodClosed, and EntryInvalid where `on` is before its date.
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
        found = opposite(draft, on=on, narration=narration, reverses=number)
        return post_entry(replace(found, links=(*found.links, *links)), by=by)


def close_period(period: Period, *, by: str) -> Closing:
    """Closes a month or a fiscal year: from now on it takes no entry, by any route.

    Months close in order, and a year after its last month. Raises PeriodNotDue where another period is due, or this
    one is not over.
    """
    _check_author(by)
    with writing():
        now = timezone.now().replace(microsecond=0)
        _check_due(period, now.date())
        newest = queries.head()
        moved = _weigh(period)
        return Closing.objects.create(
            period=str(period),
            begins_on=period.begins_on,
            ends_on=period.ends_on,
            entries=queries.count_entries(period.begins_on, period.ends_on),
            debit=moved.debit,
            credit=moved.credit,
            place=newest.pk if newest else 0,
            head=newest.number if newest else "",
            sha256=newest.sha256 if newest else GENESIS,
            closed_at=now,
            closed_by=by,
        )


def _weigh(period: Period) -> queries.Total:
    """The debit and credit of a period. What is certified is counted twice, and there is no way back."""
    kept = queries.get_total(Scope(since=period.begins_on, until=period.ends_on))
    if (kept.debit, kept.credit) != queries.sum_postings(period.begins_on, period.ends_on):
        raise PeriodNotDue(f"{period} cannot be closed: its balances are not its postings. Run check_ledger.")
    return kept


def _check_due(period: Period, today: date) -> None:
    due = queries.next_period()
    if due is None:
        raise PeriodNotDue("Every open year is closed: open the next one first.", field="period")
    if period != due:
        raise PeriodNotDue(f"Periods close in order: {due} is next, not {period}.", field="period")
    if period.ends_on >= today:
        raise PeriodNotDue(f"{period} is not over: it can be closed after {period.ends_on}.", field="period")
