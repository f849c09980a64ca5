"""Reminders to donors: recorded as they are sent, and withdrawn where they were not."""

from datetime import date

from django.contrib.auth.models import User

from fund.errors import LetterUnfit, StateUnfit, ValueInvalid
from fund.letter_texts import add_up
from fund.models import Donor, Instalment, Letter, LetterLine, Way
from fund.money import to_money
from fund.operations import acts
from fund.operations.donors import check_language
from fund.queries.letters import Reminder, hash_letter, plan_reminder, print_letter
from ledger.operations import writing


def record_letter(*, donor: Donor, sent_on: date, way: str, by: User, language: str = "", note: str = "") -> Letter:
    """Records a reminder of all that is overdue of a donor, as it is sent; in the donor's language unless another.

    It posts nothing. Raises LetterUnfit where nothing is overdue or a reminder of that day stands, TextUnprintable,
    ValueInvalid.
    """
    acts.require(by, "add_letter")
    language = check_language(language or donor.language)
    if way not in Way.values:
        raise ValueInvalid(f"“{way}” is no way to send a letter. Use one of: {', '.join(Way.values)}.", field="way")
    with writing():
        _check_later(donor, sent_on)
        plan = plan_reminder(donor, on=sent_on, language=language)
        letter = Letter(donor=donor, sent_on=sent_on, way=way, language=language, created_by=by)
        letter.number = acts.take_number(Letter, sent_on)
        letter.note = acts.clean_text(note, field="note", longest=300, required=False)
        letter.sender, letter.reminder, letter.subject, letter.text = plan.sender, plan.count, plan.subject, plan.text
        print_letter(letter)
        letter.save(force_insert=True)
        lines = _save_lines(letter, plan)
        owed = ", ".join(str(total) for total in add_up(plan.lines))
        detail = f"{donor.code}, {way}, {language}: {owed}; SHA-256 {hash_letter(letter, lines)}"
        acts.record("record letter", letter, by=by, detail=detail)
    return letter


def _check_later(donor: Donor, sent_on: date) -> None:
    """Letters to a donor are recorded in their order, one a day."""
    last = Letter.objects.filter(donor=donor, withdrawn_on=None).order_by("-sent_on").first()
    if last and last.sent_on == sent_on:
        message = f"{last} of the same day stands: open it to send it again, or withdraw it first."
        raise LetterUnfit(message, field="sent_on")
    if last:
        acts.check_not_before(sent_on, last.sent_on, "sent_on")


def _save_lines(letter: Letter, plan: Reminder) -> list[LetterLine]:
    known = {one.reference: one for one in Instalment.objects.filter(reference__in=[x.instalment for x in plan.lines])}
    return LetterLine.objects.bulk_create(
        LetterLine(
            letter=letter,
            instalment=known[line.instalment],
            due_on=line.due_on,
            amount=to_money(line.amount),
            days=line.days,
        )
        for line in plan.lines
    )


def withdraw_letter(letter: Letter, *, on: date, reason: str, by: User) -> None:
    """Takes back a letter that was not sent after all: it counts as no reminder. Raises StateUnfit, ValueInvalid."""
    acts.require(by, "change_letter")
    reason = acts.clean_text(reason, field="reason", longest=200)
    acts.check_not_before(on, letter.sent_on, "on")
    with writing():
        letter.refresh_from_db()
        if letter.withdrawn_on:
            raise StateUnfit(f"{letter} is withdrawn already.")
        later = Letter.objects.filter(donor=letter.donor, withdrawn_on=None, sent_on__gt=letter.sent_on).first()
        if later:
            raise StateUnfit(f"{later} was sent after it: withdraw that one first.")
        letter.withdrawn_on = on
        letter.save(update_fields=["withdrawn_on"])
        acts.record("withdraw letter", letter, by=by, detail=f"{on}: {reason}")
