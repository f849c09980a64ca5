"""Commands that change something take a key: with the same key and content they only say again what they said."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command, get_commands, load_command_class

from fund.management.base import ChangeCommand
from fund.models import Agreement, Answer, AuditRecord, BankAccount, OpenedBook, Receipt
from ledger.queries import closed_until, entries, open_years
from tests.shorthand import run

pytestmark = pytest.mark.django_db

# `demo` leaves alone what it loaded before; the others only read.
WITHOUT_KEY = {
    "demo",
    "check_ledger",
    "fund_totals",
    "ageing",
    "advance_ageing",
    "audit_workbook",
    "export_book",
    "fava",
    "follow_money",
}
AGREEMENTS = "donor,class,country,reference,year,currency,amount,paid\nCanada,Member State,CAN,A-1,2025,USD,7,0\n"


def test_every_command_takes_a_key_or_changes_nothing() -> None:
    ours = {name: app for name, app in get_commands().items() if app in ("ledger", "fund", "imports", "reports")}
    keyed = {name for name, app in ours.items() if isinstance(load_command_class(app, name), ChangeCommand)}
    assert ours.keys() - keyed == WITHOUT_KEY


def test_a_retry_says_what_was_said_and_does_nothing() -> None:
    first = run("open_year", 2026, key="year-26")
    assert first.endswith("2026 is open now.\n")
    acts = AuditRecord.objects.count()
    assert run("open_year", 2026, key=" year-26 ", verbosity=2) == first
    assert AuditRecord.objects.count() == acts


def test_the_same_key_with_other_content_is_refused() -> None:
    run("open_year", 2026, key="year")
    with pytest.raises(CommandError, match=r"with other content, and that was recorded: .* 2026 is open now\. What"):
        run("open_year", 2027, key="year")
    with pytest.raises(CommandError, match="with other content"):
        run("add_person", "ana", role="Auditor", key="year")
    assert open_years() == [2026]


def test_a_refused_command_leaves_its_key_to_its_correction() -> None:
    with pytest.raises(CommandError, match="3000 is not a year of the books"):
        run("open_year", 2026, 3000, key="year")
    assert not User.objects.exists()
    run("open_year", 2026, key="year")
    assert open_years() == [2026]


@pytest.mark.parametrize(("key", "message"), [(" ", "This is needed"), ("k" * 65, "At most 64"), ("\0", "printed")])
def test_a_key_that_cannot_be_kept_is_refused(key: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run("open_year", 2026, key=key)


def test_without_a_key_every_run_is_another_one() -> None:
    run("open_year", 2026)
    assert run("open_year", 2026) == "2026 was open already.\n"


def test_a_retry_of_a_new_person_does_not_show_a_password_that_nobody_kept() -> None:
    first = run("add_person", "ana", role="Auditor", key="ana")
    password = first.split()[-1]
    assert run("add_person", "ana", role="Auditor", key="ana") == (
        "ana may sign in as Auditor.\nThe password was shown the first time and is not kept. "
        "`manage.py changepassword ana` sets another one.\n"
    )
    assert password not in Answer.objects.get().text
    assert User.objects.get().check_password(password)


class Full(io.StringIO):
    """The output on a disk that is full, or to a reader who left."""

    error = OSError(28, "No space left on device")

    def write(self, _: str) -> int:
        raise self.error


def test_what_is_done_and_cannot_be_said_is_said_to_the_same_key() -> None:
    said = r"It is done, but could not say all of it \(.*No space left.*\): the same command with --key (\S+) says it"
    with pytest.raises(CommandError, match=said) as lost:
        call_command("open_year", 2026, stdout=Full(), stderr=io.StringIO())
    key = str(lost.value).split("--key ")[1].split()[0]
    assert "2026 is open now." in run("open_year", 2026, key=key)


def test_a_reader_who_left_has_seen_enough() -> None:
    out, told = Full(), io.StringIO()
    out.error = BrokenPipeError(32, "Broken pipe")
    call_command("open_year", 2026, key="year 26", stdout=out, stderr=told)
    assert told.getvalue().startswith("It is done")
    assert "the same command with --key 'year 26' says it again." in told.getvalue()


def test_a_file_is_the_same_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.csv", "b.csv", "c.csv")]
    for path in paths:
        path.write_text(AGREEMENTS, encoding="utf-8")
    paths[2].write_text(AGREEMENTS + "Peru,Member State,PER,A-2,2025,USD,8,0\n", encoding="utf-8")
    first = run("import_agreements", paths[0], key="june")
    assert run("import_agreements", paths[1], key="june") == first
    assert "Columns not read: paid." in first
    for path, options in ((paths[2], {}), (paths[0], {"open_years": True})):
        with pytest.raises(CommandError, match="with other content"):
            run("import_agreements", path, key="june", **options)
    assert Agreement.objects.count() == 1


RECEIPTS = "reference,date,agreement,currency,amount\nB-1,2026-04-02,AGR-2026-0001,USD,5\n"
BOOK = """2026-01-01 open Assets:Cash
2026-01-01 open Income:Gifts
2026-01-02 * "Gift"
  Assets:Cash  1.00 USD
  Income:Gifts
"""


def write_book(folder: Path, name: str = "old.beancount", text: str = BOOK, fund: str = "POOL") -> Path:
    """A book of somebody else, with its map beside it."""
    folder.joinpath(f"{name}.toml").write_text(f'default_fund = "{fund}"\n', encoding="utf-8")
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def write_receipts(folder: Path, name: str = "receipts.csv", text: str = RECEIPTS) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def count_all() -> tuple[int, int, int, int]:
    """What there is of all that a retry could make once more."""
    return entries().count(), AuditRecord.objects.count(), Receipt.objects.count(), OpenedBook.objects.count()


def test_a_retry_opens_no_book_again(fund_year: int, tmp_path: Path) -> None:
    first = run("import_book", write_book(tmp_path), key="old")
    assert first.endswith("OPB-2026-0001 is opened: 1 entry of old.beancount, balances equal to bean-query's.\n")
    before = count_all()
    assert run("import_book", write_book(tmp_path, "moved.beancount"), key="old") == first
    assert count_all() == before
    assert before[0] == 1


def test_a_retry_records_no_receipt_again(agreement: Agreement, bank: BankAccount, tmp_path: Path) -> None:
    first = run("import_receipts", write_receipts(tmp_path), key="april")
    assert first.endswith("1 receipt recorded: USD 5.00.\n")
    before = count_all()
    assert run("import_receipts", write_receipts(tmp_path, "moved.csv"), key="april") == first
    assert count_all() == before


def test_a_retry_closes_nothing_again_and_shows_the_certificate_again(receipt: Receipt, tmp_path: Path) -> None:
    kept = tmp_path / "january.txt"
    shown, said = run("close_period", "2026-01", key="jan"), run("close_period", "2026-02", key="feb", certificate=kept)
    certificate, before = kept.read_bytes(), count_all()
    kept.write_text("half of it", encoding="utf-8")
    assert run("close_period", "2026-01", key="jan") == shown
    assert run("close_period", "2026-02", key="feb", certificate=kept) == said
    assert kept.read_bytes() == certificate
    assert (count_all(), closed_until()) == (before, date(2026, 2, 28))


@pytest.mark.parametrize(
    ("file", "options"),
    [
        ({"text": BOOK.replace("1.00", "2.00")}, {}),
        ({"fund": "GENERAL"}, {}),
        ({}, {"opening": date(2026, 2, 1)}),
        ({}, {"open_years": True}),
        ({}, {"by": "officer"}),
    ],
    ids=["text", "map", "opening", "open years", "by"],
)
def test_another_book_is_not_taken_for_the_one_of_its_key(
    file: dict[str, str], options: dict[str, Any], fund_year: int, tmp_path: Path
) -> None:
    run("import_book", write_book(tmp_path), key="old")
    before = count_all()
    with pytest.raises(CommandError, match=r"with other content, and that was recorded: .* OPB-2026-0001 is opened"):
        run("import_book", write_book(tmp_path, **file), key="old", **options)
    assert count_all()[0] == before[0]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (RECEIPTS.replace(",5", ",6"), {}),
        (RECEIPTS, {"bank": "CITI-USD"}),
        (RECEIPTS, {"accept_twins": True}),
        (RECEIPTS, {"open_years": True}),
        (RECEIPTS, {"by": "officer"}),
    ],
    ids=["text", "bank", "twins", "open years", "by"],
)
def test_other_receipts_are_not_taken_for_those_of_their_key(
    text: str, options: dict[str, Any], agreement: Agreement, bank: BankAccount, tmp_path: Path
) -> None:
    run("import_receipts", write_receipts(tmp_path), key="april")
    with pytest.raises(CommandError, match=r"with other content, and that was recorded: .* 1 receipt recorded"):
        run("import_receipts", write_receipts(tmp_path, text=text), key="april", **options)
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize(
    ("period", "options"),
    [("2026-02", {}), ("2026-01", {"by": "officer"}), ("2026-01", {"certificate": True})],
    ids=["period", "by", "certificate"],
)
def test_another_closing_is_not_taken_for_the_one_of_its_key(
    period: str, options: dict[str, Any], receipt: Receipt, tmp_path: Path
) -> None:
    run("close_period", "2026-01", key="jan")
    if "certificate" in options:
        options = {"certificate": tmp_path / "new.txt"}
    with pytest.raises(CommandError, match=r"with other content, and that was recorded: .* 2026-01 is closed"):
        run("close_period", period, key="jan", **options)
    assert (closed_until(), list(tmp_path.iterdir())) == (date(2026, 1, 31), [])
