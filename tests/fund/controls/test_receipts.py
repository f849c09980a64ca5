"""What is beyond an instalment or of nobody is no income, and one line of a bank statement is one receipt."""

import io
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from fund.models import Advance, Agreement, BankAccount, Payee, Project, Receipt
from fund.operations.deposits import record_deposit
from fund.operations.receipts import Facts
from ledger.queries import Scope, get_total
from tests.fund.controls.attempts import FUND, lines, nothing_written, run, send
from tests.shorthand import usd

pytestmark = pytest.mark.django_db

NEW, GIFT = "/receipts/new/?agreement=AGR-2026-0001", "/receipts/new/?donor=CAN"
DEPOSIT, PARTS = "/receipts/new/deposit/", "/receipts/new/parts/"
BANK = {"bank_account": "CITI-USD", "received_on": "2026-03-02", "amount": "50", "reference": "B-9"}
RETURN = "/advances/ADV-2026-0001/returns/new/"
IDENTIFY = "/receipts/RCT-2026-0001/identify/"
CONFIRM = "confirm that the rest waits as unapplied until the donor says."
TWIN = "RCT-2026-0001 has the same day, account and amount, with the bank reference D-1. If this is another payment,"
SAME = "RCT-2026-0001 of 2026-03-02 has the bank reference D-1 already: it is the same money."


def balance(account: str) -> int:
    """What an account holds, functional and debit positive, in cents."""
    return get_total(Scope(accounts=(account,))).functional


def file(tmp_path: Path, *rows: str) -> Path:
    """A file of receipts."""
    path = tmp_path / "receipts.csv"
    path.write_text("\n".join(["reference,date,agreement,currency,amount", *rows]), encoding="utf-8")
    return path


def take(path: Path, *options: str) -> None:
    call_command("import_receipts", path, "--by=officer", *options, stdout=io.StringIO(), stderr=io.StringIO())


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"settles_1": "6000.01"}, "AGR-2026-0001/1 is owed USD 6,000.00: USD 6,000.01 is more."),
        ({"settles_1": "-1"}, "The amount is more than zero."),
        ({"settles_1": "51"}, "USD 51.00 is applied, but only USD 50.00 was sent."),
        ({"settles_1": "40"}, CONFIRM),
        ({"amount": "10000.01"}, f"is left over. Lower the amount, or {CONFIRM}"),
        ({"amount": "10000", "charges": "0.01"}, CONFIRM),
        ({"charges": "-1"}, "Charges are zero or more."),
        ({"charges": "5.56"}, "more than 10 % of the USD 55.56 that was sent. Record what arrived; what of the rest"),
        ({"amount": "0"}, "The amount is more than zero."),
        ({"received_on": "2026-01-14"}, "Choose 2026-01-15 or later"),
    ],
)
def test_a_forged_receipt_settles_no_more_than_is_owed(
    agreement: Agreement, bank: BankAccount, officer_client: Client, sent: dict[str, str], said: str
) -> None:
    send(officer_client, NEW, BANK | sent, said=said)


def test_a_box_that_the_page_does_not_show_settles_nothing(receipt: Receipt, officer_client: Client) -> None:
    said = "Nothing is owed of AGR-2026-0001/1: name an instalment of AGR-2026-0001 that is, or none for the earliest"
    send(officer_client, NEW, BANK | {"settles_1": "50"}, said=said)


def test_a_forged_confirmation_makes_a_liability_and_no_income(
    agreement: Agreement, bank: BankAccount, officer_client: Client
) -> None:
    income = balance("Income:")
    officer_client.post(NEW, BANK | {"amount": "10100", "accept_excess": "on"})
    assert (balance("Liabilities:Unapplied:CAN"), balance("Income:")) == (-10000, income)


@pytest.mark.parametrize("row", [{"place": f"{FUND}/1", "amount": "6001"}, {"place": f"{FUND}/2", "amount": "4001"}])
def test_a_part_of_a_deposit_settles_no_more_than_is_owed(
    agreement: Agreement, bank: BankAccount, officer_client: Client, row: dict[str, str]
) -> None:
    sent = BANK | lines(row) | {"amount": row["amount"]}
    said = f"settles USD {int(row['amount']) - 1:,}.00: USD 1.00 is beyond that. Lower the part, or {CONFIRM}"
    send(officer_client, PARTS, sent, said=said)


def test_a_command_settles_no_more_than_is_owed(agreement: Agreement, deposit: Receipt, bank: BankAccount) -> None:
    said = "settles USD 6,000.00: USD 1.00 is beyond that. Lower the part, or confirm"
    run("record_deposit", "CITI-USD", "2026-03-02", "6001", "B-9", f"--of={FUND}/1=6001", said=said)
    run("identify_deposit", "RCT-2026-0001", f"--of={FUND}/1=51", said="USD 1.00 more than the deposit's USD 50.00.")


def test_an_import_keeps_what_is_beyond_as_a_liability(agreement: Agreement, bank: BankAccount, tmp_path: Path) -> None:
    income = balance("Income:")
    take(file(tmp_path, f"B-1,2026-03-02,{FUND},USD,10000.01"))
    assert (balance("Liabilities:Unapplied:CAN"), balance("Income:")) == (-1, income)


def test_unapplied_money_settles_no_more_than_is_owed_and_no_more_than_waits(
    overpaid: Receipt, bank: BankAccount, officer_client: Client
) -> None:
    word = ("--word=L-1", "--word-on=2026-03-08", "--on=2026-03-09", "--to=gift/CAN", "--bank=CITI-USD")
    said = "USD 100.00 of what came beyond AGR-2026-0001/2 is unapplied; USD 100.01 is more."
    run("apply_unapplied", f"{FUND}/2", "100.01", *word, said=said)
    sent = {"place": "gift/CAN", "amount": "100.01", "on": "2026-03-09", "word": "L", "word_on": "2026-03-08"}
    send(officer_client, "/unapplied/new/?of=AGR-2026-0001/2", sent | {"bank_account": "CITI-USD"}, said=said)


def test_money_of_nobody_is_a_liability_that_no_project_gets(
    deposit: Receipt, project: Project, partner: Payee, officer_client: Client
) -> None:
    assert (balance("Liabilities:Unidentified"), balance("Income:")) == (-5000, 0)
    sent = {"project": "CYB-01", "decided_on": "2026-03-10"} | lines({"fund": "GENERAL", "amount": "1"})
    send(officer_client, "/allocations/new/", sent, said="GENERAL is not one of the available choices.")
    said = "GENERAL is not a sub-fund whose money can be used. Use POOL, or the number of an earmarked agreement"
    run("prepare_advance", "UNODC", "CITI-USD", "GENERAL/CYB-01=1", "--on=2026-03-10", said=said)
    entry = ("--line=Liabilities:Unidentified,GENERAL,50", "--line=Income:Interest,GENERAL,-50")
    said = "Documents answer for Liabilities:Unidentified: use"
    run("prepare_manual_entry", *entry, "--why=Slip", "--on=2026-03-10", said=said)


def test_another_donors_instalment_is_no_part_of_the_deposit_of_a_forged_form(
    deposit: Receipt, agreement: Agreement, officer_client: Client
) -> None:
    for place in ("AGR-2026-0009/1", "gift/PER", "AGR-2026-0001/3"):
        sent = lines({"place": place, "amount": "50"}) | {"on": "2026-03-09"}
        send(officer_client, IDENTIFY, sent, said=f"Select a valid choice. {place} is not one of the available")


@pytest.mark.parametrize("reference", ["D-1", " d - 1 ", "Ｄ-1", "D-\uff11", "d\N{NO-BREAK SPACE}-1"])
@pytest.mark.parametrize("url", [NEW, GIFT, DEPOSIT, PARTS])
def test_a_bank_line_is_recorded_once_under_any_name_and_spelling(
    url: str, reference: str, deposit: Receipt, agreement: Agreement, officer_client: Client
) -> None:
    row = lines({"place": "gift/CAN", "amount": "51"}) if url == PARTS else {}
    sent = BANK | row | {"reference": reference, "amount": "51", "accept_twin": "on", "accept_excess": "on"}
    send(officer_client, url, sent, said=SAME)


@pytest.mark.parametrize("url", [NEW, GIFT, DEPOSIT])
def test_another_reference_of_the_same_day_and_amount_needs_a_word(
    url: str, deposit: Receipt, agreement: Agreement, officer_client: Client
) -> None:
    send(officer_client, url, BANK, said=TWIN)
    assert officer_client.post(url, BANK | {"accept_twin": "on"}).status_code == 302


@pytest.fixture
def came(sent: Advance, bank: BankAccount, officer: User) -> Receipt:
    """RCT-2026-0002: USD 50.00 of nobody on 2 April; the advance could have it back."""
    facts = Facts(bank, sent.paid_on.replace(month=4, day=2), usd("50"), "D-2")
    return record_deposit(facts=facts, by=officer)


def test_what_a_partner_returns_is_no_receipt_that_is_there_already(came: Receipt, officer_client: Client) -> None:
    back = {"bank_account": "CITI-USD", "received_on": "2026-04-02", "line-1": "50"}
    said = "RCT-2026-0002 of 2026-04-02 has the bank reference D-2 already"
    send(officer_client, RETURN, back | {"reference": "d-2", "accept_twin": "on"}, said=said)
    said = "RCT-2026-0002 has the same day, account and amount, with the bank reference D-2. If this is another payment"
    send(officer_client, RETURN, back | {"reference": "U-1"}, said=said)
    page = officer_client.post(RETURN, back | {"reference": "U-1"}).content.decode()
    assert 'type="checkbox" name="accept_twin"' in page
    assert officer_client.post(RETURN, back | {"reference": "U-1", "accept_twin": "on"}).status_code == 302
    said = "ADV-2026-0001/U1 of 2026-04-02 has the bank reference U-1 already"
    send(officer_client, DEPOSIT, BANK | {"received_on": "2026-04-02", "reference": "u-1"}, said=said)


def test_a_command_records_a_bank_line_once(came: Receipt) -> None:
    back = ("record_advance_return", "ADV-2026-0001", "CITI-USD", "1=50", "--on=2026-04-02")
    run(*back, "--reference=d-2", said="has the bank reference D-2 already: it is the same money.")
    run(*back, "--reference=U-1", said="If this is another payment, confirm it.")
    deposit = ("record_deposit", "CITI-USD", "2026-04-02")
    run(*deposit, "51", "d-2", "--accept-twin", said="has the bank reference D-2 already")
    run(*deposit, "50", "U-1", said="RCT-2026-0002 has the same day, account and amount")
    call_command(*back, "--reference=U-1", "--accept-twin", "--by=officer", stdout=io.StringIO())
    run(*deposit, "51", "u-1", said="ADV-2026-0001/U1 of 2026-04-02 has the bank reference U-1 already")


def test_a_file_brings_no_second_receipt_for_what_was_recorded_by_hand(
    deposit: Receipt, agreement: Agreement, tmp_path: Path
) -> None:
    row = f"CITI/77,2026-03-02,{FUND},USD,50"
    said = "bank reference D-1. If it is another payment, import with --accept-twins."
    refused = file(tmp_path, row)
    with nothing_written(said="row 2, reference: RCT-2026-0001 has the same day"), pytest.raises(Exception, match=said):
        take(refused)
    two = [row, f"CITI/78,2026-03-02,{FUND},USD,50"]
    take(file(tmp_path, *two), "--accept-twins")
    # Rows of one file are payments of their own, also where some of them are there already.
    take(file(tmp_path, *two, f"CITI/79,2026-03-02,{FUND},USD,50"), "--accept-twins")
    assert Receipt.objects.count() == 4
