"""What is known of who gets money: the account that holds, and matches on lists of sanctions."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from fund.codes import fold_name
from fund.models import (
    MATCHES,
    AuditRecord,
    BankDetails,
    Decided,
    Document,
    OfRecipient,
    Payee,
    Recipient,
    Screening,
    ScreeningResult,
    State,
    of_recipient,
)


def details_of(recipient: Recipient) -> QuerySet[BankDetails]:
    """Every version of a recipient's bank details, the newest first, with who asked for it and who decided."""
    found = BankDetails.objects.filter(**of_recipient(recipient))
    return found.select_related("payee", "donor", "created_by", "decided_by")


def find_details(recipient: Recipient, *, on: date) -> BankDetails | None:
    """The bank details that hold on a day; None where there are none."""
    return details_of(recipient).filter(state=State.APPROVED, valid_from__lte=on).first()


def name_of(details: BankDetails) -> str:
    """The name that a payee or a donor had when bank details were prepared, by the audit records of later changes."""
    recipient = details.recipient
    changed = AuditRecord.objects.filter(subject=recipient.code, act=f"change {recipient._meta.verbose_name}")
    renamed = changed.filter(at__gt=details.created_at, before__contains='"name": ').order_by("at", "pk").first()
    return str(json.loads(renamed.before)["name"]) if renamed else recipient.name


def find_renamed(recipient: Recipient) -> BankDetails | None:
    """The latest approved bank details, where they are of another name than the recipient has now."""
    latest = details_of(recipient).filter(state=State.APPROVED).first()
    return latest if latest and name_of(latest) != latest.recipient.name else None


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


def find_blocked(recipient: Recipient) -> Recipient | None:
    """Who of the recipient and those whose names read alike has a match that is not cleared; None where nobody has."""
    name = fold_name(recipient.name)
    matches = Screening.objects.filter(result__in=MATCHES).select_related("payee", "donor")
    matched = {match.recipient for match in matches}
    alike = sorted((one for one in matched if one == recipient or fold_name(one.name) == name), key=recipient.__ne__)
    return next((one for one in alike if uncleared_matches(one)), None)


def find_before(details: BankDetails) -> BankDetails | None:
    """The approved bank details that these replace, or will; None for the first ones."""
    earlier = Q(valid_from__lt=details.valid_from) | Q(valid_from=details.valid_from, pk__lt=details.pk)
    return details_of(details.recipient).filter(earlier, state=State.APPROVED).first()


def add_standings(payees: list[Any]) -> list[Any]:
    """The payees, each with its latest `screening`, whether it `is_blocked`, and whether it `has_details`."""
    screened: defaultdict[int | None, list[Screening]] = defaultdict(list)
    for screening in Screening.objects.filter(payee__in=payees):
        screened[screening.payee_id].append(screening)
    known = BankDetails.objects.filter(payee__in=payees, state=State.APPROVED).values_list("payee", flat=True)
    with_details = set(known.order_by())
    for payee in payees:
        found = screened[payee.pk]
        payee.screening = found[0] if found else None
        payee.is_blocked, payee.has_details = bool(find_uncleared(found)), payee.pk in with_details
    return payees


def find_naming(payee: Payee) -> str:
    """The number of a document that is to a payee and was not rejected; empty where there is none."""
    for relation in Payee._meta.get_fields(include_hidden=True):
        model: Any = relation.related_model if relation.one_to_many else None
        if not model or not issubclass(model, Document) or issubclass(model, OfRecipient):
            continue
        found = model._default_manager.filter(**{relation.field.name: payee})  # type: ignore[union-attr]
        if issubclass(model, Decided):
            found = found.exclude(state=State.REJECTED)
        if number := found.values_list("number", flat=True).first():
            return str(number)
    return ""
