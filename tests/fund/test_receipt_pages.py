from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import Agreement, Allocation, BankAccount, Donor, Receipt
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.treasury import add_bank_account
from ledger.money import Amount
from ledger.queries import entries

NEW = "/receipts/new/?agreement=AGR-2026-0001"
GIFT = "/receipts/new/?donor=CAN"


def form(**changes: Any) -> dict[str, Any]:
    """What the form of a receipt sends."""
    sent = {"bank_account": "CITI-USD", "received_on": "2026-03-02", "reference": "B 77 / x"}
    return sent | {"amount": "7,000.00", "charges": "", "note": "By wire"} | changes


def give(donor: Donor, bank: BankAccount, reference: str, by: User) -> Receipt:
    facts = Facts(bank, date(2026, 4, 1), Amount(100, "USD"), reference)
    return record_gift(donor=donor, facts=facts, by=by, accept_twin=True)


def test_an_officer_records_a_receipt_for_the_earliest_instalments(
    agreement: Agreement, bank: BankAccount, officer_client: Client
) -> None:
    response = officer_client.post(NEW, form(), follow=True)
    assert response.redirect_chain == [("/receipts/RCT-2026-0001/", 302)]
    page = response.content.decode()
    for text in (
        "RCT-2026-0001 is recorded.",
        "B77/X",
        "By wire",
        "7,000.00",
        "AGR-2026-0001/2",
        "1,000.00",
        "JE-2026-",
    ):
        assert text in page
    assert [step.number for step in response.context["chain"]] == ["AGR-2026-0001", "RCT-2026-0001"]


def test_a_receipt_settles_what_it_is_told_to(agreement: Agreement, bank: BankAccount, officer_client: Client) -> None:
    officer_client.post(NEW, form(amount="990", charges="10", settles_2="1,000.00"))
    line = Receipt.objects.get().lines.get()
    assert (line.instalment.reference, line.amount.amount) == ("AGR-2026-0001/2", 1000)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"amount": "0"}, "amount", "The amount is more than zero."),
        ({"amount": "1,50"}, "amount", "is not an amount. Write it like 1234.50."),
        ({"amount": "1.005"}, "amount", "too many decimals: USD takes at most 2 decimals."),
        ({"amount": "5\x00"}, "amount", "Null characters are not allowed."),
        ({"amount": "5" * 31}, "amount", "at most 30 characters"),
        ({"charges": "x"}, "charges", "is not an amount."),
        ({"bank_account": "NONE"}, "bank_account", "NONE is not one of the available choices."),
        ({"received_on": "2026-06-16"}, "received_on", "This day has not come yet"),
        ({"received_on": "2026-01-14"}, "received_on", "Choose 2026-01-15 or later: nothing"),
        ({"received_on": "2025-12-31"}, "received_on", "2025-12-31 is outside the open fiscal years."),
        ({"reference": ""}, "reference", "This field is required."),
        ({"reference": "r" * 61}, "reference", "at most 60 characters"),
        ({"note": "\u202e"}, "note", "There is a character in it that cannot be printed."),
        ({"amount": "10,000.01"}, "accept_excess", "USD 0.01 is left over."),
        ({"settles_1": "6000.01"}, "settles_1", "AGR-2026-0001/1 is owed USD 6,000.00: USD 6,000.01 is more."),
        ({"settles_1": "1", "settles_2": "4001"}, "settles_2", "AGR-2026-0001/2 is owed USD 4,000.00"),
        ({"settles_2": "4000", "amount": "3999"}, "settles_2", "USD 4,000.00 is applied, but only USD 3,999.00 was"),
        ({"settles_1": "x"}, "settles_1", "is not an amount."),
        ({"settles_1": "0"}, "settles_1", "The amount is more than zero."),
        ({"settles_1": "-5"}, "settles_1", "The amount is more than zero."),
    ],
)  # fmt: skip
def test_a_wrong_receipt_is_refused_beside_the_field_and_what_was_typed_stays(
    agreement: Agreement, bank: BankAccount, officer_client: Client, changes: dict[str, str], field: str, message: str
) -> None:
    before = entries().count()
    response = officer_client.post(NEW, form(**changes))
    page = response.content.decode()
    assert (response.status_code, Receipt.objects.count(), entries().count()) == (422, 0, before)
    assert message in str(response.context["form"].errors.get(field))
    assert "note" in changes or 'value="By wire"' in page


def test_more_than_is_owed_waits_when_the_officer_says_so(
    agreement: Agreement, bank: BankAccount, officer_client: Client
) -> None:
    page = officer_client.post(NEW, form(amount="10500", accept_excess="on"), follow=True).content.decode()
    for text in ("Rest unapplied", "USD\xa0500.00"):
        assert text in page


def test_two_officers_with_the_same_bank_line_make_one_receipt(
    agreement: Agreement, bank: BankAccount, officer_client: Client
) -> None:
    officer_client.post(NEW, form(amount="100"))
    response = officer_client.post(NEW, form(amount="100", reference="b77/X"))
    assert response.status_code == 422
    told = "RCT-2026-0001 of 2026-03-02 has the bank reference B77/X already: it is the same money."
    assert response.context["form"].errors == {"reference": [told]}


def test_a_twin_is_recorded_when_the_officer_says_that_it_is_another(
    agreement: Agreement, bank: BankAccount, officer_client: Client
) -> None:
    assert "accept_twin" not in officer_client.get(NEW).content.decode()
    officer_client.post(NEW, form(amount="100"))
    response = officer_client.post(NEW, form(amount="100", reference="B78"))
    assert "has the same day, account and amount" in str(response.context["form"].errors["accept_twin"])
    assert 'name="accept_twin"' in response.content.decode()
    officer_client.post(NEW, form(amount="100", reference="B78", accept_twin="on"))
    assert Receipt.objects.count() == 2


def test_what_another_officer_settled_meanwhile_is_refused_by_name(receipt: Receipt, officer_client: Client) -> None:
    response = officer_client.post(NEW, form(amount="10", settles_1="10"))
    assert response.context["form"].errors == {
        "settles_1": [
            "Nothing is owed of AGR-2026-0001/1: name an instalment of AGR-2026-0001 that is, or none for the earliest "
            "due."
        ]
    }
    assert 'name="settles_1"' in response.content.decode()


def test_the_form_shows_what_is_owed_and_chooses_an_account_of_the_currency(
    receipt: Receipt, cad_bank: BankAccount, officer: User, officer_client: Client
) -> None:
    add_bank_account(code="ABN-EUR", name="ABN", currency="EUR", by=officer)
    page = officer_client.get(NEW).content.decode()
    for text in ('<option value="CITI-USD" selected>', 'name="settles_2"', "4,000.00"):
        assert text in page
    assert "settles_1" not in page


def test_a_payment_in_another_currency_shows_its_exchange_difference(
    cad_agreement: Agreement, bank: BankAccount, officer_client: Client
) -> None:
    page = officer_client.post(NEW, form(amount="750"), follow=True).content.decode()
    for text in ("1,000.00", "Exchange difference", "20.00 gained"):
        assert text in " ".join(page.split())


def test_a_payment_far_from_what_it_settles_is_refused_or_leaves_the_rest_unapplied(
    cad_agreement: Agreement, bank: BankAccount, officer_client: Client
) -> None:
    response = officer_client.post(NEW, form(amount="500", settles_1="1000"))
    assert "more than 10 per cent away. Correct the amount" in str(response.context["form"].errors["settles_1"])
    response = officer_client.post(NEW, form(amount="900"))
    assert "USD 150.00 is left over" in str(response.context["form"].errors["accept_excess"])
    assert not Receipt.objects.exists()
    page = officer_client.post(NEW, form(amount="900", accept_excess="on"), follow=True).content.decode()
    assert '<a href="/unapplied/">USD\xa0150.00</a>' in page


def test_a_gift_goes_into_the_pool(canada: Donor, bank: BankAccount, officer_client: Client) -> None:
    assert "into the pool" in officer_client.get(GIFT).content.decode()
    response = officer_client.post(GIFT, form(), follow=True)
    page = response.content.decode()
    for text in ("a gift into the pool", "7,000.00", "Income:Contributions:CAN"):
        assert text in page
    assert [step.number for step in response.context["chain"]] == ["RCT-2026-0001", "POOL"]


def test_without_a_bank_account_the_form_says_so(agreement: Agreement, officer_client: Client) -> None:
    page = officer_client.get(NEW).content.decode()
    assert "There is no bank account yet that money could arrive in." in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("?q=agr-2026", True),
        ("?q=cana", True),
        ("?q=CAN/2026/7", True),
        ("?of=CAN", True),
        ("?q=peru", False),
    ],
)
def test_the_first_step_finds_the_agreement(
    agreement: Agreement, acme: Donor, officer_client: Client, query: str, found: bool
) -> None:
    page = officer_client.get(f"/receipts/new/{query}").content.decode()
    assert ("/receipts/new/?agreement=AGR-2026-0001" in page) == found
    assert '<option value="ACME">ACME Inc.</option>' in page


@pytest.mark.parametrize("query", ["?agreement=AGR-2026-0009", "?agreement=%00", "?donor=NOBODY", "?donor=%00&q=x"])
def test_what_does_not_exist_leads_back_to_the_first_step(
    agreement: Agreement, officer_client: Client, query: str
) -> None:
    for response in (
        officer_client.get(f"/receipts/new/{query}"),
        officer_client.post(f"/receipts/new/{query}", form()),
    ):
        assert response.status_code == 404
        assert "choose it from the list, or search for it" in response.content.decode()
    assert officer_client.get("/receipts/new/?q=%00&of=%00").status_code == 200


def test_a_receipt_leads_on_to_an_allocation_of_its_money(
    receipt: Receipt, acme: Donor, bank: BankAccount, officer: User, officer_client: Client, auditor_client: Client
) -> None:
    gift = give(acme, bank, "BANK-2", officer)
    for number, fund in ((receipt.number, "AGR-2026-0001"), (gift.number, "POOL")):
        link = f'href="/allocations/new/?fund={fund}"'
        assert link in officer_client.get(f"/receipts/{number}/").content.decode()
        assert link not in auditor_client.get(f"/receipts/{number}/").content.decode()


def test_an_officer_reverses_a_receipt(receipt: Receipt, officer_client: Client) -> None:
    sent = {"on": "2026-05-02", "reason": "Taken back by the bank"}
    response = officer_client.post("/receipts/RCT-2026-0001/reverse/", sent, follow=True)
    page = response.content.decode()
    assert response.redirect_chain == [("/receipts/RCT-2026-0001/", 302)]
    for text in ("RCT-2026-0001 is reversed.", "Reversed on", "Taken back by the bank"):
        assert text in page
    assert "/reverse/" not in page


def test_a_receipt_whose_money_is_used_is_not_reversed(allocation: Allocation, officer_client: Client) -> None:
    response = officer_client.post("/receipts/RCT-2026-0001/reverse/", {"on": "2026-05-02", "reason": "r"})
    assert response.status_code == 422
    assert "AGR-2026-0001" in str(response.context["form"].errors["on"])


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?ordering=number", "123"),
        ("?state=posted&ordering=-number", "31"),
        ("?state=reversed", "2"),
        ("?state=gift&ordering=number", "3"),
        ("?state=unapplied", ""),
        ("?q=bank+-+1", "1"),
        ("?q=AGR-2026-0001", "1"),
        ("?donor=ACME", "32"),
        ("?bank_account=CITI-USD&ordering=amount", "231"),
        ("?since=2026-03-02&until=2026-04-01", "32"),
        ("?page=abc&ordering=x&since=x&state=x&q=%00&bank_account=%00", "321"),
    ],
)
def test_the_list_is_narrowed_sorted_and_takes_odd_addresses(
    receipt: Receipt, acme: Donor, officer: User, officer_client: Client, query: str, shown: str
) -> None:
    taken_back, _ = give(acme, receipt.bank_account, "G1", officer), give(acme, receipt.bank_account, "G2", officer)
    officer_client.post(f"{taken_back.get_absolute_url()}reverse/", {"on": "2026-05-02", "reason": "r"})
    response = officer_client.get(f"/receipts/{query}")
    assert response.status_code == 200
    assert "".join(row.number[-1] for row in response.context["page_obj"]) == shown


def test_the_list_takes_as_many_queries_for_thirty_receipts_as_for_three(
    receipt: Receipt, agreement: Agreement, officer: User, officer_client: Client, count_queries: Callable[..., int]
) -> None:
    facts: Any = {"bank": receipt.bank_account, "by": officer}
    assert receipt.donor
    for number in range(2):
        give(receipt.donor, reference=f"A{number}", **facts)
    few = [count_queries(officer_client, path) for path in ("/receipts/", "/donors/CAN/")]
    for number in range(14):
        give(receipt.donor, reference=f"B{number}", **facts)
        paid = Facts(receipt.bank_account, date(2026, 4, 1), Amount(100, "USD"), f"C{number}")
        record_receipt(agreement=agreement, facts=paid, by=officer, accept_twin=True)
    assert [count_queries(officer_client, path) for path in ("/receipts/", "/donors/CAN/")] == few
    assert max(few) < 30


@pytest.mark.parametrize("path", ["/receipts/RCT-2026-0009/", "/receipts/x/reverse/", "/receipts/%00/"])
def test_a_receipt_that_does_not_exist_is_not_found(officer_client: Client, path: str) -> None:
    assert officer_client.get(path).status_code == 404


def test_roles_do_what_is_theirs(
    receipt: Receipt, auditor_client: Client, donor_client: Client, client: Client
) -> None:
    forms = ("/receipts/new/", NEW, GIFT, "/receipts/RCT-2026-0001/reverse/")
    page = auditor_client.get("/receipts/").content.decode()
    page += auditor_client.get(receipt.get_absolute_url()).content.decode()
    for button in ("/new/", "/reverse/"):
        assert button not in page
    for path in forms:
        assert (auditor_client.get(path).status_code, auditor_client.post(path, form()).status_code) == (403, 403)
    for path in ("/receipts/", receipt.get_absolute_url(), *forms):
        assert donor_client.get(path).status_code == 403
        assert client.get(path)["Location"].startswith("/accounts/login/")
    assert Receipt.objects.count() == 1
