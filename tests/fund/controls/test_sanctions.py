"""Nobody with an uncleared match is paid: on no page, under no other spelling, by no command, at no same moment."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.codes import fold_name
from fund.models import Advance, Allocation, BankAccount, Disbursement, Donor, Payee, Refund
from fund.operations.bank_charges import record_bank_charge
from fund.operations.limits import check_payee
from fund.operations.payees import add_payee
from fund.operations.screenings import clear_match, record_screening
from tests.fund.controls.attempts import lines, run, send
from tests.fund.controls.test_money import ADVANCE, PAYMENT, ROW
from tests.shorthand import usd

pytestmark = pytest.mark.django_db

BLOCKED = "has a possible match on “A list” of 2026-06-01: nothing is paid until it is cleared. An approver other than"
ALIKE = "or give who is somebody else a name that tells them apart."
SPELLINGS = [
    "ÉCOLE S.A.",
    "École SA",
    "Ecole  s.a",
    "É C O L E S A",
    "Ｅcole S.A.",
    "École S.A.\u0301",
    "École S.A\u3164",
]
REFUND = {"amount_0": "50", "amount_1": "USD", "dated_on": "2026-04-01", "word": "Note 1", "word_on": "2026-03-30"}


def block(recipient: Payee | Donor, by: User) -> None:
    """A possible match, not cleared."""
    facts: dict[str, Any] = {"screened_on": date(2026, 6, 1), "list_name": "A list", "result": "possible"}
    record_screening(recipient, **facts, note="The same name", by=by)


@pytest.fixture
def ecole(officer: User) -> Payee:
    """École S.A., with a match."""
    found = add_payee(name="École S.A.", by=officer)
    block(found, officer)
    return found


def test_a_page_prepares_nothing_for_who_is_blocked(
    allocation: Allocation, ecole: Payee, partner: Payee, canada: Donor, officer: User, officer_client: Client
) -> None:
    block(partner, officer)
    sent = PAYMENT | lines(ROW) | {"payee": "École S.A."}
    send(officer_client, "/disbursements/new/", sent, said=f"École S.A. {BLOCKED}")
    send(officer_client, "/advances/new/", ADVANCE | lines(ROW), said=BLOCKED)
    block(canada, officer)
    sent = REFUND | {"grounds": "They ask for it"}
    send(officer_client, "/refunds/new/?agreement=AGR-2026-0001", sent, said=f"Canada {BLOCKED}")


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_forged_spelling_is_the_same_name(
    name: str, allocation: Allocation, ecole: Payee, officer_client: Client
) -> None:
    send(officer_client, "/disbursements/new/", PAYMENT | lines(ROW) | {"payee": name}, said=BLOCKED)


def test_who_reads_like_somebody_blocked_is_told_apart_by_name_or_waits(
    allocation: Allocation, ecole: Payee, officer: User, approver: User, officer_client: Client
) -> None:
    sent = PAYMENT | lines(ROW)
    said = f"ECOLE SA reads like École S.A. (ECOLE-S-A), who {BLOCKED} officer clears it, with the reason; {ALIKE}"
    send(officer_client, "/disbursements/new/", sent | {"payee": "ECOLE SA"}, said=said)
    assert officer_client.post("/disbursements/new/", sent | {"payee": "Ecole SA (Lima)"}).status_code == 302
    clear_match(ecole, on=date(2026, 6, 2), reason="Another country", by=approver)
    assert officer_client.post("/disbursements/new/", sent | {"payee": "ECOLE SA"}).status_code == 302


def test_a_blocked_donor_is_not_paid_as_a_payee_nor_a_payee_refunded_as_a_donor(
    allocation: Allocation, canada: Donor, officer: User, officer_client: Client
) -> None:
    block(canada, officer)
    said = f"CANADA reads like Canada (CAN), who {BLOCKED}"
    send(officer_client, "/disbursements/new/", PAYMENT | lines(ROW) | {"payee": "CANADA"}, said=said)
    payee = add_payee(name="ACME, Inc", by=officer)
    block(payee, officer)
    with pytest.raises(Exception, match="reads like ACME, Inc"):
        check_payee(Donor(name="Acme Inc.", code="ACME-2"))


def test_who_is_blocked_leaves_the_name_to_nobody_else(
    ecole: Payee, canada: Donor, officer: User, approver: User, officer_client: Client
) -> None:
    said = "somebody else could take that name: it stays until an approver clears the match"
    send(officer_client, f"/payees/{ecole.code}/edit/", {"name": "Angel", "country": ""}, said=said)
    block(canada, officer)
    sent = {"name": "Angel", "donor_class": canada.donor_class, "country": "CAN", "language": "en"}
    send(officer_client, "/donors/CAN/edit/", sent, said=said)
    clear_match(canada, on=date(2026, 6, 2), reason="Another country", by=approver)
    assert officer_client.post("/donors/CAN/edit/", sent).status_code == 302


@pytest.mark.parametrize(
    ("name", "other"),
    [("東京", "大阪"), ("कि", "का"), ("กิน", "กัน"), ("---", "+++"), ("Ñandú", "Ñandi"), ("Wings 1", "Wings 2")],
)
def test_names_that_are_read_apart_stay_apart(name: str, other: str) -> None:
    assert "" != fold_name(name) != fold_name(other)


@pytest.mark.parametrize("kind", ["disbursement", "advance"])
def test_a_match_that_came_since_stops_the_approval_by_page_and_command(
    kind: str, request: pytest.FixtureRequest, officer: User, approver_client: Client
) -> None:
    waiting: Disbursement | Advance = request.getfixturevalue(kind)
    block(waiting.payee if isinstance(waiting, Disbursement) else waiting.partner, officer)
    send(approver_client, f"/{kind}s/{waiting}/approve/", said=BLOCKED)
    run("approve", waiting.number, by="approver", said=BLOCKED)


def test_a_command_sends_a_partner_with_a_match_nothing(allocation: Allocation, partner: Payee, officer: User) -> None:
    block(partner, officer)
    run("prepare_advance", "UNODC", "CITI-USD", "AGR-2026-0001/CYB-01=1", "--on=2026-03-20", said=BLOCKED)


def test_a_refund_that_is_agreed_is_not_paid_to_a_donor_with_a_match(
    agreed: Refund, bank: BankAccount, officer: User, officer_client: Client
) -> None:
    block(agreed.agreement.donor, officer)
    sent = {"bank_account": "CITI-USD", "paid_on": "2026-04-02"}
    send(officer_client, "/refunds/RFD-2026-0001/pay/", sent, said=f"Canada {BLOCKED}")
    run("pay_refund", "RFD-2026-0001", "CITI-USD", "--on=2026-04-02", said=f"Canada {BLOCKED}")


@pytest.mark.parametrize("account", ["Assets:Bank:CITI-USD", "Expenses:BankCharges"])
def test_a_manual_entry_pays_nobody_past_the_lists(
    account: str, allocation: Allocation, bank: BankAccount, officer: User
) -> None:
    facts: dict[str, Any] = {"charged_on": date(2026, 3, 19), "amount": usd("1"), "description": "To whom?"}
    record_bank_charge(bank_account=bank, **facts, fund="AGR-2026-0001", by=officer)
    entry = ("Expenses:Projects:CYB-01:Travel,AGR-2026-0001,1", f"{account},AGR-2026-0001,-1")
    said = "Line 1: USD 1.00 would become projects' expense that was paid to nobody: use a disbursement to a payee"
    run("prepare_manual_entry", "--on=2026-03-20", "--why=Slip", *(f"--line={one}" for one in entry), said=said)
