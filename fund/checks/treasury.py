"""Exchange rates, bank accounts, terms of indirect cost and due days against the audit records, and what entries make
of the rates."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Any

from django.db.models import Model

from fund import policy
from fund.checks.instants import Recorded, to_minute
from fund.checks.related import read_rows
from fund.checks.told import Told, find_changed, find_gone, find_untold
from fund.models import (
    AdvanceLine,
    Agreement,
    AmendmentLine,
    AuditRecord,
    BankAccount,
    ExchangeRate,
    Instalment,
    ObligationLine,
    OpenedBook,
    OpeningMode,
    RecoveryTerms,
    RevaluationLine,
    State,
)
from fund.models.audit import read_fields, read_lines
from ledger.checks import Report
from ledger.money import Amount, convert, to_minor
from ledger.queries import all_accounts, functional_currency, postings

_CHUNK = 2_000
# Of each kind of entry, what is carried at the rate of its day: what came in or is owed, and what was spent.
_CARRIED = {
    "pledge": policy.PLEDGED,
    "agreement": policy.OWED,
    "receipt": policy.BANK,
    "interest": policy.BANK,
    "advance_return": policy.BANK,
}
_SPENT = {"disbursement": policy.PROJECTS, "bank_charge": policy.BANK_CHARGES}

# What is numbered within what.
_PARTS: tuple[tuple[type[Model], str], ...] = (
    (Instalment, "agreement"),
    (AdvanceLine, "advance"),
    (ObligationLine, "obligation"),
)

# A currency, the first day of a rate, the rate.
_Rate = tuple[str, date, Decimal]
# An entry or a run, its day, an amount, what that is carried at (minor units of the functional currency), and the rate
# that it states, where it does.
_Conversion = tuple[str, date, Amount, int, Decimal | None]


def check_rates(report: Report) -> Iterator[str]:
    """Every rate is one that was recorded, and every recorded rate is there."""
    told = _find_rates()
    rates = set(ExchangeRate.objects.values_list("currency", "effective_on", "rate"))
    for currency, on, rate in sorted(rates - set(told)):
        yield f"The rate of {currency} from {on}, {rate.normalize():f}, is none that an audit record has."
    for currency, on, rate in sorted(set(told) - rates):
        yield f"The rate of {currency} from {on} was recorded as {rate.normalize():f}, and is not there."
    report(f"{len(rates):,} rates")


def _find_rates() -> list[_Rate]:
    """The rates as they were recorded, in that order; those of records that cannot be read are left out."""
    found = []
    acts = AuditRecord.objects.filter(act="add rate").order_by("id")
    for subject, detail in acts.values_list("subject", "detail"):
        currency, _, day = subject.partition(" ")
        try:
            found.append((currency, date.fromisoformat(day), Decimal(detail.partition(" ")[0])))
        except (ValueError, InvalidOperation):
            continue
    return found


def check_conversions(report: Report) -> Iterator[str]:
    """What entries carry at the rate of their day is what a recorded rate makes of it."""
    told, known = _find_rates(), dict[tuple[str, date], set[Decimal]]()
    functional = functional_currency()
    found = [*_find_carried(functional), *_find_revalued()]
    for number, on, amount, carried, stated in found:
        key = (amount.currency, on)
        if key not in known:
            known[key] = set(_find_in_force(told, *key))
        rates = known[key] if stated is None else known[key] & {stated}
        if carried not in {convert(amount, rate, functional) for rate in rates}:
            worth = f"{amount} at {Amount(carried, functional)}"
            yield f"{number} carries {worth}, which no rate makes of it that was recorded for {on}."
    report(f"{len(found):,} conversions")


def _find_carried(functional: str) -> Iterator[_Conversion]:
    for (number, currency, on), (amount, carried) in _sum_foreign(functional).items():
        if amount > 0:
            yield number, on, Amount(amount, currency), carried, None


def _find_revalued() -> Iterator[_Conversion]:
    columns = ("run__number", "run__dated_on", "amount", "amount_currency", "after", "after_currency", "rate")
    for number, on, amount, currency, after, functional, rate in RevaluationLine.objects.values_list(*columns):
        yield number, on, Amount(to_minor(amount, currency), currency), to_minor(after, functional), rate


def _find_in_force(told: Iterable[_Rate], currency: str, on: date) -> Iterator[Decimal]:
    """What was the rate of a day as long as no later one was recorded: one may be added for a day that is past."""
    latest = date.min
    for own, since, rate in told:
        if own == currency and latest <= since <= on:
            latest = since
            yield rate


def _sum_foreign(functional: str) -> dict[tuple[str, str, date], list[int]]:
    """By entry, currency and day: what came or went in another currency, and what it is carried at."""
    sums: defaultdict[tuple[str, str, date], list[int]] = defaultdict(lambda: [0, 0])
    own = postings().filter(entry__reverses=None, entry__links__position=0).order_by()
    foreign = own.filter(entry__kind__in=(*_CARRIED, *_SPENT)).exclude(currency=functional)
    columns = ("entry__number", "entry__kind", "entry__links__document", "account__name", "currency", "dated_on")
    spending: dict[str, tuple[str, str, date]] = {}
    for number, kind, document, account, *rest in foreign.values_list(*columns, "amount", "functional").iterator():
        currency, on, amount, carried = rest
        key = (number, currency, on)
        if kind in _SPENT and account.startswith(policy.BANK):
            spending[number] = key
            sums[key][0] -= amount
        # An amendment takes over what it takes off, and has no rate of its own.
        elif account.startswith(_CARRIED.get(kind, "-")) and "/A" not in document:
            sums[key][0] += amount
            sums[key][1] += carried
    spent = postings().filter(entry__kind__in=_SPENT, account__name__startswith="Expenses:", entry__reverses=None)
    rows = spent.order_by().filter(entry__in=foreign.values("entry"))
    spent_on = ("entry__number", "entry__kind", "account__name", "functional")
    for number, kind, account, carried in rows.values_list(*spent_on).iterator():
        if number in spending and account.startswith(_SPENT[kind]):
            sums[spending[number]][1] += carried
    return dict(sums)


def check_accounts(report: Report) -> Iterator[str]:
    """Every bank account is as it was added, and the books' accounts take the currencies that they were opened for."""
    told = dict(AuditRecord.objects.filter(act="add bank account").values_list("subject", "detail"))
    known = {account.code: f"{account.name}, {account.currency}" for account in BankAccount.objects.all()}
    yield from chain(find_gone(told, known), find_untold(known, told))
    for code in sorted(told.keys() & known.keys()):
        if told[code] != known[code]:
            yield f"The bank account {code} is {known[code]}, its audit record has {told[code]}."
    yield from _check_currencies()


def _check_currencies() -> Iterator[str]:
    """An account is opened by its first entry, or for a bank account, in the currency that this one takes."""
    opened = dict(all_accounts().values_list("name", "currency"))
    banks = {account.account: account.currency for account in BankAccount.objects.all()}
    brought = _find_brought()
    for name in sorted(opened.keys() | banks.keys()):
        due = banks.get(name) or policy.account_currency(name, functional_currency())
        # Which currency the book of somebody else gave an account, its entries alone say.
        if opened.get(name) != due and (due or name not in brought):
            takes = f"takes {opened[name] or 'any currency'}" if name in opened else "is not open"
            yield f"{name} {takes}: it was opened for {due or 'any currency'}."
    for name in all_accounts().filter(postings=None).exclude(name__in=banks).values_list("name", flat=True):
        yield f"{name} is open, and no entry opened it."


def _find_brought() -> set[str]:
    """The accounts that opened books have entries on."""
    if not OpenedBook.objects.exists():
        return set()
    found = postings().filter(entry__kind__in=OpeningMode.values).order_by()
    return set(found.values_list("account__name", flat=True).distinct())


def check_terms(report: Report) -> Iterator[str]:
    """Terms of indirect cost are what was set, by whom it was set."""
    told: defaultdict[str, Told] = defaultdict(Told)
    acts = AuditRecord.objects.filter(act="set recovery terms")
    for fund, before, after in acts.exclude(after="").order_by("id").values_list("subject", "before", "after"):
        told[f"{fund} from {(read_fields(after) or {}).get('starts_on')}"].add(before, after)
    terms: list[Any] = list(read_rows(RecoveryTerms, at_once=_CHUNK))
    names = {_name(one): one for one in terms}
    yield from (f"The terms of {gone}" for gone in find_gone(told, names))
    for found in find_changed(terms, told, _name).values():
        yield from (f"The terms of {problem}" for problem in found)
    recorded = Recorded(acts, "subject", "user")
    made = RecoveryTerms.objects.order_by("pk").values_list("fund", "created_by", to_minute("created_at"))
    for fund, person, minute in made:
        if not recorded.take(fund, person, minute=minute):
            yield f"Terms of {fund} name another person or minute ({minute}, UTC) than the audit records."
    report(f"{len(terms):,} terms")


def _name(terms: RecoveryTerms) -> str:
    return f"{terms.fund} from {terms.starts_on}"


def check_due_days(report: Report) -> Iterator[str]:
    """Parts are numbered, and instalments that were amended were due before as the agreement was prepared."""
    for model, whole in _PARTS:
        parts = model._default_manager.order_by("pk").values_list("reference", f"{whole}__number", "position")
        for reference, number, position in parts.iterator():
            if reference != f"{number}/{position}":
                yield f"{reference} is not numbered as a part of {number}."
    lines = AmendmentLine.objects.filter(amendment__state=State.APPROVED).exclude(due_before=None)
    columns = ("amendment__agreement__number", "instalment__position", "due_before")
    first = {
        (number, place): due for number, place, due in lines.order_by("-amendment__position").values_list(*columns)
    }
    acts = AuditRecord.objects.filter(act="prepare agreement", subject__in={number for number, _ in first})
    kept = {number: read_fields(after) or {} for number, after in acts.values_list("subject", "after")}
    for (number, place), due in sorted(first.items()):
        told = read_lines(kept.get(number, {}).get(Agreement.LINES, "")) or []
        if place <= len(told) and told[place - 1].get("due_on") != str(due):
            yield f"{number}/{place} was due on {due} before it was amended, and is said to have been otherwise."
    report(f"{len(first):,} amended instalments")
