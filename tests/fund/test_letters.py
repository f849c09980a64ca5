"""Reminders: what they say in each language, what is recorded, and what is refused."""

import hashlib
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from fund import checks
from fund.errors import LetterUnfit, NotPermitted, StateUnfit, TextUnprintable, ValueInvalid
from fund.letter_pdf import Sheet, make_pdf
from fund.letter_texts import LOCALES, WORDINGS, Earlier, Overdue, write_amount, write_day, write_mail, write_reminder
from fund.models import Agreement, AuditRecord, BankAccount, Donor, Letter, LetterLine
from fund.operations.donors import change_donor
from fund.operations.letters import record_letter, withdraw_letter
from fund.operations.receipts import Facts, record_receipt
from fund.queries.letters import last_reminders, print_letter
from ledger.errors import Refused
from ledger.money import Amount
from ledger.queries import entries
from tests.shorthand import usd

DAY = date(2026, 6, 15)
LINE = Overdue("AGR-2026-0001/1", "CAN/2026/7", date(2026, 3, 1), usd("6000"), 106)


@pytest.fixture
def letter(agreement: Agreement, officer: User) -> Letter:
    """LTR-2026-0001 of 1 June by mail: USD 6,000.00, 92 days overdue."""
    return record_letter(donor=agreement.donor, sent_on=date(2026, 6, 1), way="mail", by=officer)


@pytest.mark.parametrize(
    ("language", "day", "amount"),
    [
        ("en", "1 March 2026", "USD 6,000.00"),
        ("fr", "1 mars 2026", "6 000,00 USD"),
        ("es", "1 de marzo de 2026", "6.000,00 USD"),
        ("pt", "1 de março de 2026", "USD 6.000,00"),
    ],
)
def test_days_and_amounts_are_written_as_the_language_writes_them(language: str, day: str, amount: str) -> None:
    assert write_day(date(2026, 3, 1), language) == day
    assert " ".join(write_amount(usd("6000"), language).split()) == amount


def test_amounts_have_the_decimals_of_their_currency() -> None:
    assert [write_amount(Amount(1234, code), "en")[4:] for code in ("JPY", "KWD")] == ["1,234", "1.234"]


@pytest.mark.parametrize("language", LOCALES)
def test_a_letter_says_everything_in_each_language(language: str) -> None:
    earlier = Earlier("LTR-2026-0001", date(2026, 5, 2), 1)
    text = write_reminder(language, fund="The Fund", donor="Canada", on=DAY, lines=[LINE, LINE], earlier=earlier)
    for said in ("Canada", "The Fund", "AGR-2026-0001/1 (CAN/2026/7)", "LTR-2026-0001", write_day(DAY, language)):
        assert said in text
    assert write_amount(usd("12000"), language) in text
    assert "{" not in text
    assert "\t" not in write_mail(text)


def test_a_first_letter_is_no_second_one() -> None:
    text = write_reminder("en", fund="F", donor="D", on=DAY, lines=[LINE])
    assert "reminder number" not in text
    assert len({len(wording.subjects) for wording in WORDINGS.values()}) == 1


@pytest.mark.parametrize("language", LOCALES)
def test_the_pdf_of_a_letter_is_the_same_bytes_each_time(language: str) -> None:
    text = write_reminder(language, fund="F", donor="Ação *#evil* @x $y$", on=DAY, lines=[LINE])
    made = [make_pdf(Sheet("F", "LTR-2026-0001", language, DAY, "S", text)) for _ in range(2)]
    assert made[0].startswith(b"%PDF-1.7")
    assert len({hashlib.sha256(pdf).hexdigest() for pdf in made}) == 1


def test_a_name_that_no_font_shows_is_refused_and_nothing_is_recorded(agreement: Agreement, officer: User) -> None:
    donor = change_donor(agreement.donor, name="加拿大", donor_class="state_party", country="CAN", by=officer)
    with pytest.raises(TextUnprintable, match="Latin letters"):
        record_letter(donor=donor, sent_on=DAY, way="mail", by=officer)
    assert not Letter.objects.exists()


def test_a_letter_is_recorded_as_it_stands_and_posts_nothing(letter: Letter) -> None:
    assert (letter.number, letter.language, letter.reminder) == ("LTR-2026-0001", "en", 1)
    lines = letter.lines.values_list("instalment__reference", "amount", "days", "due_on")
    assert [(*row[:1], str(row[1]), *row[2:]) for row in lines] == [
        ("AGR-2026-0001/1", "6000.000", 92, date(2026, 3, 1))
    ]
    assert not entries().filter(links__document=letter.number).exists()
    record = AuditRecord.objects.get(act="record letter")
    assert record.detail.startswith("CAN, mail, en: USD 6,000.00; SHA-256 ")
    assert print_letter(letter) == print_letter(Letter.objects.get())


def test_the_language_is_the_donors_unless_another_is_asked_for(agreement: Agreement, officer: User) -> None:
    donor = agreement.donor
    facts = {"name": donor.name, "donor_class": donor.donor_class, "country": donor.country}
    change_donor(donor, **facts, language="fr", by=officer)
    donor = change_donor(donor, **facts, by=officer)
    letters = [record_letter(donor=donor, sent_on=date(2026, 5, 1), way="post", by=officer)]
    letters.append(record_letter(donor=donor, sent_on=DAY, way="post", language="pt", by=officer))
    assert [one.subject for one in letters] == [
        "Contributions échues : rappel",
        "Contribuições vencidas: segundo lembrete",
    ]


def test_a_second_reminder_names_the_one_before(letter: Letter, officer: User) -> None:
    second = record_letter(donor=letter.donor, sent_on=DAY, way="post", by=officer)
    assert (second.reminder, second.subject) == (2, "Contributions due: second reminder")
    assert "reminder number 2: we last wrote to you about this on 1 June 2026 (letter LTR-2026-0001)" in second.text
    assert last_reminders(Agreement.objects.get().instalments.all()) == {"AGR-2026-0001/1": second}


def test_what_arrived_before_the_letter_is_not_reminded_of(
    letter: Letter, agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    facts = Facts(bank, date(2026, 6, 10), usd("6000"), "B-1")
    record_receipt(agreement=agreement, facts=facts, by=officer)
    with pytest.raises(LetterUnfit, match="Nothing of Canada was overdue on 2026-06-15"):
        record_letter(donor=agreement.donor, sent_on=DAY, way="mail", by=officer)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"sent_on": date(2026, 6, 1)}, LetterUnfit),
        ({"sent_on": date(2026, 5, 1)}, ValueInvalid),
        ({"way": "pigeon"}, ValueInvalid),
        ({"language": "de"}, ValueInvalid),
    ],
)
def test_other_letters_are_refused_and_nothing_is_written(
    change: dict[str, object], refused: type[Refused], letter: Letter, officer: User
) -> None:
    asked = {"donor": letter.donor, "sent_on": DAY, "way": "mail", "by": officer} | change
    with pytest.raises(refused):
        record_letter(**asked)  # type: ignore[arg-type]
    assert (Letter.objects.count(), LetterLine.objects.count()) == (1, 1)


def test_a_withdrawn_letter_is_no_reminder(letter: Letter, officer: User) -> None:
    withdraw_letter(letter, on=DAY, reason="Never sent", by=officer)
    assert last_reminders(Agreement.objects.get().instalments.all()) == {}
    again = record_letter(donor=letter.donor, sent_on=date(2026, 6, 1), way="mail", by=officer)
    assert (again.number, again.reminder) == ("LTR-2026-0002", 1)
    with pytest.raises(StateUnfit, match="withdrawn already"):
        withdraw_letter(letter, on=DAY, reason="Again", by=officer)


def test_letters_are_withdrawn_the_last_one_first(letter: Letter, officer: User) -> None:
    record_letter(donor=letter.donor, sent_on=DAY, way="post", by=officer)
    with pytest.raises(StateUnfit, match="LTR-2026-0002 was sent after it"):
        withdraw_letter(letter, on=DAY, reason="Never sent", by=officer)


def test_only_an_officer_records_and_withdraws(letter: Letter, approver: User, auditor: User) -> None:
    for other in (approver, auditor):
        with pytest.raises(NotPermitted):
            record_letter(donor=letter.donor, sent_on=DAY, way="mail", by=other)
        with pytest.raises(NotPermitted):
            withdraw_letter(letter, on=DAY, reason="No", by=other)


def keep_quiet(_: str) -> None:
    """Nobody watches."""


def find_problems() -> list[str]:
    return checks.run_checks(keep_quiet)


@pytest.mark.parametrize(
    ("tampered", "found"),
    [
        ({"text": "Pay twice"}, "LTR-2026-0001 is not the letter of the audit records."),
        ({"sent_on": date(2026, 5, 1)}, "LTR-2026-0001 is not the letter of the audit records."),
        ({"withdrawn_on": DAY}, "LTR-2026-0001: the day it was withdrawn is not that of the audit records."),
        ({"number": "LTR-2026-0002"}, "LTR-2026-0001 is missing."),
    ],
)
def test_a_tampered_letter_is_found(tampered: dict[str, object], found: str, letter: Letter, officer: User) -> None:
    assert find_problems() == []
    Letter.objects.update(**tampered)
    assert found in find_problems()


def test_a_tampered_line_is_found(letter: Letter, officer: User) -> None:
    LetterLine.objects.update(amount=1)
    assert "LTR-2026-0001 is not the letter of the audit records." in find_problems()


def test_a_withdrawn_letter_passes_the_checks(letter: Letter, officer: User) -> None:
    withdraw_letter(letter, on=DAY, reason="Never sent", by=officer)
    assert find_problems() == []


def test_the_command_records_a_letter_and_says_what_to_do(
    agreement: Agreement, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("record_letter", "CAN", "mail", "--on", "2026-06-15", "--by", "officer")
    assert "LTR-2026-0001 is recorded: USD 6,000.00 overdue." in capsys.readouterr().out
    with pytest.raises(CommandError, match="LTR-2026-0001 of the same day stands"):
        call_command("record_letter", "CAN", "mail", "--on", "2026-06-15", "--by", "officer")
    for code, day, why in (("NOBODY", "2026-06-15", "not a donor's code"), ("CAN", "2026-06-16", "or earlier")):
        with pytest.raises(CommandError, match=why):
            call_command("record_letter", code, "mail", "--on", day, "--by", "officer")


def test_a_donor_of_another_name_keeps_the_letters_as_they_were(letter: Letter, canada: Donor, officer: User) -> None:
    before = print_letter(Letter.objects.get())
    change_donor(canada, name="Kanada", donor_class="state_party", country="CAN", by=officer)
    assert print_letter(Letter.objects.get()) == before
