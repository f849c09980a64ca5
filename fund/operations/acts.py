"""What operations share: permission, numbers, days, posting and the audit record."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from django.contrib.auth.models import User
from django.db.models import Model

from fund import policy
from fund.errors import NotPermitted, ValueInvalid
from fund.models import AuditRecord, BankAccount, Document, NumberSeries
from fund.operations.changes import find_changes, write_fields
from fund.roles import say_who_may
from ledger import operations as ledger
from ledger.entries import Draft
from ledger.errors import PeriodClosed, Refused, YearNotOpen
from ledger.money import Amount, to_minor
from ledger.queries import all_accounts, functional_currency

_LONGEST_ACT = AuditRecord._meta.get_field("act").max_length or 0


def require(by: User, permission: str) -> None:
    """Raises NotPermitted unless `by` holds the permission of the fund."""
    if not by.has_perm(f"fund.{permission}"):
        raise NotPermitted(say_who_may(permission))


def check_day(on: date, field: str) -> None:
    """Raises YearNotOpen or PeriodClosed, for the form's own field, unless the day takes entries."""
    try:
        ledger.check_open(on)
    except (YearNotOpen, PeriodClosed) as refusal:
        raise type(refusal)(refusal.message, field=field) from None


def check_positive(amount: Amount, field: str = "amount") -> None:
    """Raises ValueInvalid unless the amount is more than zero and fits its currency and a document's field."""
    if amount.minor <= 0:
        raise ValueInvalid("The amount is more than zero.", field=field)
    to_minor(amount.decimal, amount.currency)


@contextmanager
def naming(*named: object, among: Collection[object]) -> Iterator[None]:
    """What is refused in it says which lines of several it concerns, by their places."""
    try:
        yield
    except Refused as refused:
        if len(among) < 2:
            raise
        places = [place for place, line in enumerate(among, 1) if any(line is one for one in named)]
        raise refused.of_lines(places) from None


def take_number(model: type[Document], on: date) -> str:
    """The next number of a kind of document in the year of `on`, without gaps: `RCT-2026-0001`."""
    series, _ = NumberSeries.objects.get_or_create(prefix=model.PREFIX, year=on.year)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{model.PREFIX}-{on.year}-{series.last:04d}"


def post(draft: Draft, *, by: User) -> None:
    """Posts an entry, opening the accounts that it is the first to use."""
    open_accounts([draft])
    ledger.post_entry(draft, by=by.get_username())


def open_accounts(drafts: Iterable[Draft]) -> None:
    """Opens the accounts that entries are the first to use."""
    names = {leg.account for draft in drafts for leg in draft.legs}
    known = set(all_accounts().filter(name__in=names).values_list("name", flat=True))
    for name in sorted(names - known):
        ledger.open_account(name, currency=policy.account_currency(name, functional_currency()))


def open_bank(account: BankAccount) -> None:
    """Opens the ledger's account of a bank account, in its currency."""
    ledger.open_account(account.account, currency=account.currency)


def record(
    act: str,
    subject: object,
    *,
    by: User,
    detail: str = "",
    of: Model | None = None,
    was: Mapping[str, str] | None = None,
    became: Mapping[str, str] | None = None,
) -> None:
    """Leaves the audit record of an act, with what it changed of its subject, or of the row `of` that is one's.

    `was` and `became` are what it changed beside the fields of that row.
    """
    # SQLite keeps a longer one, and PostgreSQL refuses it.
    assert len(act) <= _LONGEST_ACT, act
    row = of or subject
    before, after = find_changes(row) if isinstance(row, Model) else ({}, {})
    kept = {"before": write_fields({**before, **(was or {})}), "after": write_fields({**after, **(became or {})})}
    AuditRecord.objects.create(user=by, act=act, subject=str(subject)[:60], detail=detail[:400], **kept)


def clean_text(text: str, *, field: str, longest: int, required: bool = True) -> str:
    """One line of text without control characters and outer blanks. Raises ValueInvalid."""
    cleaned = " ".join(text.split())
    if required and not cleaned:
        raise ValueInvalid("This is needed.", field=field)
    if len(cleaned) > longest:
        raise ValueInvalid(f"At most {longest} characters; these are {len(cleaned)}.", field=field)
    if not cleaned.isprintable():
        raise ValueInvalid("There is a character in it that cannot be printed.", field=field)
    return cleaned


def check_not_before(on: date, earliest: date, field: str) -> None:
    """Raises ValueInvalid where an act is dated before what it rests on."""
    if on < earliest:
        raise ValueInvalid(f"Choose {earliest} or later: nothing is dated before what it rests on.", field=field)
