"""What a look into lists of sanctions found of payees and donors: matches block payment until they are cleared."""

from datetime import date

from django.contrib.auth.models import User
from django.utils import timezone

from fund.errors import NotPermitted, SamePerson, StateUnfit, ValueInvalid
from fund.models import Recipient, Screening, ScreeningResult, of_recipient
from fund.models.screenings import describe_screening
from fund.operations import acts
from fund.operations.approvals import find_rights
from fund.queries.payees import uncleared_matches
from fund.roles import say_who_may
from ledger.operations import writing


def record_screening(
    recipient: Recipient, *, screened_on: date, list_name: str, result: str, by: User, note: str = ""
) -> Screening:
    """Records what a list has of a payee or a donor. A match blocks payment from then on; nothing else lifts it than
    `clear_match`.

    Raises ValueInvalid; StateUnfit for the result “cleared”, which an approver gives.
    """
    acts.require(by, "add_screening")
    if result == ScreeningResult.CLEARED:
        raise StateUnfit("A match is cleared on its own page, by an approver who did not record it.", field="result")
    if result not in ScreeningResult.values:
        known = ", ".join(ScreeningResult.values)
        raise ValueInvalid(f"“{result}” is not a result. Use one of: {known}.", field="result")
    return _save(recipient, screened_on, list_name, result, note, by)


def clear_match(recipient: Recipient, *, on: date, reason: str, by: User) -> Screening:
    """Clears every match of a payee or a donor, with the reason: they can be paid again.

    Raises SamePerson where `by`, or who gave them the right, recorded one of them; NotPermitted where they have no
    right to approve; StateUnfit where there is nothing to clear.
    """
    reason = acts.clean_text(reason, field="reason", longest=200)
    with writing():
        matches = uncleared_matches(recipient)
        _check_right({match.created_by_id for match in matches}, by)
        if not matches:
            raise StateUnfit(f"{recipient} has no match that is not cleared: nothing blocks a payment.")
        acts.check_not_before(on, max(match.screened_on for match in matches), "on")
        return _save(recipient, on, matches[0].list_name, ScreeningResult.CLEARED, reason, by)


def _check_right(recorded_by: set[int], by: User) -> None:
    rights = find_rights(by)
    if not rights:
        raise NotPermitted(say_who_may("add_approval"))
    if by.pk in recorded_by or all(right.holder.pk in recorded_by for right in rights):
        raise SamePerson("You recorded the match, or who gave you the right did: another approver clears it.")


def _save(recipient: Recipient, on: date, list_name: str, result: str, note: str, by: User) -> Screening:
    if on > timezone.localdate():
        raise ValueInvalid("This day has not come yet: today or earlier.", field="screened_on")
    screening = Screening(**of_recipient(recipient), screened_on=on, result=result, created_by=by)
    screening.list_name = acts.clean_text(list_name, field="list_name", longest=100)
    screening.note = acts.clean_text(note, field="note", longest=200, required=screening.is_match)
    with writing():
        screening.save(force_insert=True)
        noun = recipient._meta.verbose_name
        acts.record(f"screen {noun}", recipient.code, by=by, detail=describe_screening(screening))
    return screening
