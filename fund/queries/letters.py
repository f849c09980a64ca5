"""Reminders to donors: what the next one would say, and which were sent."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from fund.errors import LetterUnfit
from fund.letter_pdf import Sheet, make_pdf
from fund.letter_texts import Earlier, Overdue, write_reminder, write_subject
from fund.models import Donor, Instalment, Letter, LetterLine
from fund.money import to_amount
from fund.queries.ageing import find_open
from ledger.money import Amount

# Nobody writes about more in one letter.
_MOST_SHOWN = 25


@dataclass(frozen=True, slots=True)
class Reminder:
    """A letter that was not sent yet: `count` is 1 for the first about any of its instalments."""

    sender: str
    language: str
    count: int
    subject: str
    text: str
    lines: tuple[Overdue, ...]


def plan_reminder(donor: Donor, *, on: date, language: str) -> Reminder:
    """What a reminder of a day says. Raises LetterUnfit where nothing of the donor's was overdue at its end."""
    lines = find_overdue(donor, on=on)
    if not lines:
        raise LetterUnfit(f"Nothing of {donor} was overdue on {on}: only what is past due is reminded of.")
    earlier = find_earlier([line.instalment for line in lines])
    sender, count = settings.FUND_TITLE, earlier.count + 1 if earlier else 1
    text = write_reminder(language, fund=sender, donor=donor.name, on=on, lines=lines, earlier=earlier)
    return Reminder(sender, language, count, write_subject(language, reminder=count), text, tuple(lines))


def find_overdue(donor: Donor, *, on: date) -> list[Overdue]:
    """What of a donor's instalments was due before a day and still owed at its end, the longest overdue first."""
    due = Instalment.objects.filter(agreement__donor=donor, due_on__lt=on).select_related("agreement")
    owed = find_open(due, as_of=on)
    return [
        Overdue(
            one.reference,
            one.agreement.reference,
            one.due_on,
            Amount(owed[one.reference][0], str(one.amount.currency)),
            (on - one.due_on).days,
        )
        for one in due.order_by("due_on", "reference")
        if owed.get(one.reference, (0, 0))[0] > 0
    ]


def find_earlier(references: Sequence[str]) -> Earlier | None:
    """The last standing letter about any of the instalments, or None."""
    found = Letter.objects.filter(withdrawn_on=None, lines__instalment__reference__in=references)
    last = found.order_by("-sent_on", "-number").first()
    return Earlier(last.number, last.sent_on, last.reminder) if last else None


def last_reminders(instalments: Iterable[Instalment]) -> dict[str, Letter]:
    """The last standing letter about each instalment, by its reference; none for what nobody was reminded of."""
    lines = LetterLine.objects.filter(letter__withdrawn_on=None, instalment__in=list(instalments))
    ordered = lines.select_related("letter", "instalment").order_by("letter__sent_on", "letter__number")
    return {line.instalment.reference: line.letter for line in ordered}


def add_reminders(instalments: Sequence[Any]) -> None:
    """Gives each instalment its last standing letter as `reminder`, or None."""
    found = last_reminders(instalments)
    for instalment in instalments:
        instalment.reminder = found.get(instalment.reference)


def letters_of(**which: Any) -> list[Letter]:
    """The newest letters to a donor, or about an agreement."""
    found = Letter.objects.filter(**which).select_related("donor", "created_by").distinct()
    return list(found[:_MOST_SHOWN])


def print_letter(letter: Letter) -> bytes:
    """A letter as a PDF, the same whenever it is asked for."""
    return make_pdf(Sheet(letter.sender, letter.number, letter.language, letter.sent_on, letter.subject, letter.text))


def hash_letter(letter: Letter, lines: Iterable[LetterLine]) -> str:
    """What a letter is known by: the SHA-256 of everything that it says and of how it was sent."""
    said = [letter.number, letter.donor.code, str(letter.sent_on), letter.way, letter.language, letter.reminder]
    about = [[line.instalment.reference, str(line.due_on), str(to_amount(line.amount)), line.days] for line in lines]
    content = json.dumps([*said, letter.sender, letter.subject, letter.text, about], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()
