"""What is known of who gets money: the account that holds, and matches on lists of sanctions."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from fund.models import (
    MATCHES,
    BankDetails,
    Decided,
    Document,
    Donor,
    OfRecipient,
    Payee,
    Recipient,
    Screening,
    ScreeningResult,
    State,
    of_recipient,
)

# Documents in these states caused no entry.
_NOT_POSTED = (State.PREPARED, State.REJECTED)


def details_of(recipient: Recipient) -> QuerySet[BankDetails]:
    """Every version of a recipient's bank details, the newest first, with who asked for it and who decided."""
    found = BankDetails.objects.filter(**of_recipient(recipient))
    return found.select_related("payee", "donor", "created_by", "decided_by")


def find_details(recipient: Recipient, *, on: date) -> BankDetails | None:
    """The bank details that hold on a day; None where there are none."""
    return details_of(recipient).filter(state=State.APPROVED, valid_from__lte=on).first()


def find_waiting_details(recipient: Recipient) -> BankDetails | None:
    """The change that waits for a decision; there is one at most."""
    return details_of(recipient).filter(state=State.PREPARED).first()


def screenings_of(recipient: Recipient) -> QuerySet[Screening]:
    """Every result of a recipient's screening, the latest first."""
    return Screening.objects.filter(**of_recipient(recipient)).select_related("payee", "donor", "created_by")


def uncleared_matches(recipient: Recipient) -> list[Screening]:
    """The matches recorded since the last clearing, the latest first; a later result without a match clears none."""
    return find_uncleared(screenings_of(recipient))


def find_uncleared(screenings: Iterable[Screening], *, at: datetime | None = None) -> list[Screening]:
    """The same out of screenings, the latest first, as they were known at an instant."""
    found = []
    for screening in screenings:
        if at and screening.created_at > at:
            continue
        if screening.result == ScreeningResult.CLEARED:
            break
        if screening.is_match:
            found.append(screening)
    return found


def blocked_of(recipients: Iterable[Recipient]) -> set[int]:
    """Which payees, or which donors, have an uncleared match, by their primary keys; one query for all."""
    known = list(recipients)
    name = "donor" if known and isinstance(known[0], Donor) else "payee"
    blocked: dict[int, bool] = {}
    rows = Screening.objects.filter(**{f"{name}__in": known}).order_by("pk").values_list(f"{name}_id", "result")
    for key, result in rows:
        if result in (*MATCHES, ScreeningResult.CLEARED):
            blocked[key] = result in MATCHES
    return {key for key, is_blocked in blocked.items() if is_blocked}


def find_posted(payee: Payee) -> str:
    """The number of a document whose entry names a payee; empty where no entry does."""
    for relation in Payee._meta.get_fields(include_hidden=True):
        model: Any = relation.related_model if relation.one_to_many else None
        if not model or not issubclass(model, Document) or issubclass(model, OfRecipient):
            continue
        found = model._default_manager.filter(**{relation.field.name: payee})  # type: ignore[union-attr]
        if issubclass(model, Decided):
            found = found.exclude(state__in=_NOT_POSTED)
        if number := found.values_list("number", flat=True).first():
            return str(number)
    return ""
