from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import Agreement, BankAccount, Donor, Pledge, Project, Receipt
from fund.operations.agreements import Due
from fund.operations.receipts import Facts, record_receipt
from ledger.money import Amount
from ledger.queries import entries
from tests.deeds import cancel_agreement, sign_agreement

WHOLE = Amount(1_000_000, "USD")
HALVES = (("2026-03-01", "6,000.00"), ("2026-07-01", "4000"))


def form(*lines: tuple[str, str], **changes: Any) -> dict[str, Any]:
    """What the form of an agreement sends."""
    sent = {"donor": "CAN", "signed_on": "2026-01-15", "reference": "CAN/7", "note": "By letter"}
    sent |= {"amount_0": "10,000.00", "amount_1": "USD", "recognition": "on_signature"}
    sent |= {"instalments-TOTAL_FORMS": str(len(lines)), "instalments-INITIAL_FORMS": "0"}
    for index, (due_on, amount) in enumerate(lines):
        sent |= {f"instalments-{index}-due_on": due_on, f"instalments-{index}-amount": amount}
    return sent | changes


def sign(donor: Donor, due: str, by: User) -> Agreement:
    facts: Any = {"donor": donor, "signed_on": date(2026, 1, 20), "amount": WHOLE, "by": by}
    return sign_agreement(**facts, instalments=[Due(date.fromisoformat(due), WHOLE)])


def test_an_officer_signs_an_agreement_with_instalments_and_an_approver_approves_it(
    fund_year: int, canada: Donor, officer_client: Client, approver_client: Client
) -> None:
    response = officer_client.post("/agreements/new/", form(*HALVES, ("", "")), follow=True)
    assert response.redirect_chain == [("/agreements/AGR-2026-0001/", 302)]
    assert "Nothing is posted until then" in response.content.decode()
    page = approver_client.post("/agreements/AGR-2026-0001/approve/", follow=True).content.decode()
    for text in ("CAN/7", "By letter", "AGR-2026-0001/2", "6,000.00", "4,000.00", "Overdue", "Due soon", "(the pool)"):
        assert text in page
    assert "Assets:Receivable:CAN" in page


def test_one_instalment_alone_is_the_whole(fund_year: int, canada: Donor, officer_client: Client) -> None:
    officer_client.post("/agreements/new/", form(("2026-03-01", "")))
    assert Agreement.objects.get().instalments.get().amount.amount == 10_000


def test_a_removed_line_is_no_instalment(fund_year: int, canada: Donor, officer_client: Client) -> None:
    sent = form(("2026-02-01", "never"), ("2026-03-01", "10000"), **{"instalments-0-DELETE": "on"})
    officer_client.post("/agreements/new/", sent)
    assert Agreement.objects.get().instalments.get().due_on == date(2026, 3, 1)


def test_an_earmark_has_its_limits(fund_year: int, canada: Donor, project: Project, officer_client: Client) -> None:
    limits = {"earmarked": "on", "projects": ["CYB-01"], "countries": ["GTM", "HND"], "ends_on": "2027-12-31"}
    page = officer_client.post("/agreements/new/", form(*HALVES, **limits), follow=True).content.decode()
    for text in ("(earmarked)", "CYB-01 · Cyber security training", "Guatemala, Honduras", "2027-12-31"):
        assert text in page
    assert Agreement.objects.get().sub_fund == "AGR-2026-0001"


@pytest.mark.parametrize(
    ("lines", "changes", "message"),
    [
        ([], {}, "An agreement has at least one instalment."),
        ([("2026-03-01", "6000"), ("2026-07-01", "3999.99")], {}, "add up to USD 9,999.99, USD 0.01 less than the agr"),
        ([("2026-03-01", "10000.01")], {}, "USD 0.01 more than the agreement's USD 10,000.00."),
        ([("2026-03-01", "6000"), ("2026-07-01", "")], {}, "Say how much is due on this day."),
        ([("", "10000")], {}, "This field is required."),
        ([("2026-02-30", "10000")], {}, "Enter a valid date."),
        ([("2026-01-14", "10000")], {}, "Choose 2026-01-15 or later"),
        ([("2026-03-01", "1.234")], {}, "1.234 has too many decimals: USD takes at most 2 decimals."),
        ([("2026-03-01", "1\x00")], {}, "Null characters are not allowed."),
        ([("2026-03-01", "0"), ("2026-03-01", "10000")], {}, "An instalment is more than zero."),
        ([("2026-03-01", "10000.5")], {"amount_1": "JPY"}, "10000.5 has too many decimals: JPY takes no decimals."),
        ([("2026-03-01", "10000")], {"amount_1": "ZZZ"}, "ZZZ is not one of the available choices."),
        ([("2026-03-01", "10000")], {"amount_1": "EUR"}, "No EUR rate of"),
        ([("2026-03-01", "10000")], {"donor": "NOBODY"}, "NOBODY is not one of the available choices."),
        ([("2026-03-01", "10000")], {"pledge": "PLG-2026-0007"}, "PLG-2026-0007 is not one of the available choices."),
        ([("2026-03-01", "10000")], {"pledge": "PLG-2026-0001", "donor": "ACME"}, "PLG-2026-0001 is of Canada, not"),
        ([("2026-03-01", "10000")], {"recognition": "never"}, "never is not one of the available choices."),
        ([("2026-03-01", "10000")], {"signed_on": "2025-12-31"}, "2025-12-31 is outside the open fiscal years."),
        ([("2026-03-01", "10000")], {"signed_on": "2026-06-16"}, "This day has not come yet"),
        ([("2026-03-01", "10000")], {"reference": "r" * 61}, "at most 60 characters"),
        ([("2026-03-01", "10000")], {"countries": ["GTM"]}, "These limits are of an earmark"),
        ([("2026-03-01", "10000")], {"countries": ["\x00"], "earmarked": "on"}, "is not one of the available choices."),
        ([("2026-03-01", "10000")], {"projects": ["NO"], "earmarked": "on"}, "NO is not one of the available choices."),
        ([("2026-03-01", "10000")], {"ends_on": "2026-01-14", "earmarked": "on"}, "ends on the day of signature or l"),
        ([("2026-03-01", "10000")], {"instalments-TOTAL_FORMS": ""}, "The lines did not arrive whole."),
        ([("2026-03-01", "10000")], {"instalments-TOTAL_FORMS": "9999999"}, "At most 100 lines."),
    ],
)  # fmt: skip
def test_a_wrong_agreement_is_refused_and_what_was_typed_stays(
    pledge: Pledge, acme: Donor, officer_client: Client, lines: Any, changes: dict[str, Any], message: str
) -> None:
    before = entries().count()
    response = officer_client.post("/agreements/new/", form(*lines, **changes))
    page = response.content.decode().replace("&#x27;", "'")
    assert (response.status_code, Agreement.objects.count(), entries().count()) == (422, 0, before)
    assert message in page
    assert 'value="By letter"' in page
    assert not lines or "instalments-TOTAL_FORMS" in changes or f'value="{lines[0][1]}"' in page


def test_a_reference_stands_once(agreement: Agreement, officer_client: Client) -> None:
    response = officer_client.post("/agreements/new/", form(("2026-03-01", ""), reference=" CAN/2026/7 "))
    errors = response.context["form"].errors
    assert errors == {"reference": ["The reference CAN/2026/7 is that of AGR-2026-0001 already."]}


def test_instalments_that_differ_are_told_with_the_lines(fund_year: int, canada: Donor, officer_client: Client) -> None:
    response = officer_client.post("/agreements/new/", form(("2026-03-01", "1")))
    assert "USD 9,999.00 less" in str(response.context["formset"].non_form_errors())


def test_a_pledge_fills_in_what_is_open_of_it(pledge: Pledge, officer_client: Client) -> None:
    page = officer_client.get("/agreements/new/?pledge=PLG-2026-0001").content.decode()
    for text in ('value="CAN" selected', 'value="PLG-2026-0001" selected', 'value="100000.00"'):
        assert text in page
    assert "Canada · PLG-2026-0001 · USD 100,000.00 open" in page


@pytest.mark.parametrize(
    ("changes", "told", "warned"),
    [
        ({}, "USD 100,000.00 open", ""),
        ({"amount_0": "100000"}, "USD 100,000.00 open", ""),
        ({"amount_0": "100000.01"}, "USD 100,000.00 open", "It is USD 0.01 more than the USD 100,000.00 that PLG-2026"),
        ({"pledge": ""}, "", ""),
    ],
)
def test_who_approves_is_told_what_the_pledge_has_open(
    pledge: Pledge,
    officer_client: Client,
    approver_client: Client,
    changes: dict[str, str],
    told: str,
    warned: str,
) -> None:
    sent = form(("2026-03-01", ""), **({"pledge": "PLG-2026-0001"} | changes))
    officer_client.post("/agreements/new/", sent)
    page = approver_client.get("/agreements/AGR-2026-0001/").content.decode().replace("\xa0", " ")
    assert (told in page, warned in page) == (True, True)
    assert ("more than the USD" in page, "USD 100,000.00 open" in page) == (bool(warned), bool(told))


def test_what_the_pledge_has_open_is_told_until_the_decision(
    pledge: Pledge, officer_client: Client, approver_client: Client
) -> None:
    officer_client.post("/agreements/new/", form(("2026-03-01", ""), pledge="PLG-2026-0001", amount_0="100001"))
    approver_client.post("/agreements/AGR-2026-0001/reject/", {"reason": "The letter says less"})
    page = officer_client.get("/agreements/AGR-2026-0001/").content.decode()
    assert ("more than the" in page, " open</span>" in page) == (False, False)


@pytest.mark.parametrize("query", ["?pledge=%00", "?pledge=PLG-2026-0099", "?donor=%00", "?donor=NOBODY"])
def test_an_odd_address_still_shows_the_form(canada: Donor, officer_client: Client, query: str) -> None:
    assert officer_client.get(f"/agreements/new/{query}").status_code == 200


def test_an_officer_prepares_and_an_approver_approves_the_cancellation_of_an_agreement(
    agreement: Agreement, officer_client: Client, approver_client: Client
) -> None:
    assert "/cancel/" in officer_client.get(agreement.get_absolute_url()).content.decode()
    sent = {"on": "2026-05-02", "reason": "Signed in error"}
    answer = officer_client.post("/agreements/AGR-2026-0001/cancel/", sent, follow=True)
    assert answer.redirect_chain == [("/agreements/AGR-2026-0001/cancellations/1/", 302)]
    assert "You prepared it: another person decides." in answer.content.decode()
    page = officer_client.get(agreement.get_absolute_url()).content.decode()
    assert ("Awaiting approval" in page, "Cancelled on" in page, "/cancel/" in page) == (True, False, False)
    done = approver_client.post("/agreements/AGR-2026-0001/cancellations/1/approve/", follow=True).content.decode()
    assert ("is approved and posted" in done, "JE-2026-000002" in done) == (True, True)
    page = officer_client.get(agreement.get_absolute_url()).content.decode()
    for text in ("Cancelled on", "Signed in error", "reversed by JE-2026-000002", "AGR-2026-0001/C1"):
        assert text in page
    assert "/cancel/" not in page


def test_an_agreement_with_receipts_is_not_cancelled(receipt: Receipt, officer_client: Client) -> None:
    assert "/cancel/" not in officer_client.get("/agreements/AGR-2026-0001/").content.decode()
    response = officer_client.post("/agreements/AGR-2026-0001/cancel/", {"on": "2026-05-02", "reason": "r"})
    assert response.status_code == 422
    assert "AGR-2026-0001 has receipts: reverse them first." in response.content.decode()


def test_an_agreement_shows_what_came_of_it(
    agreement: Agreement, bank: BankAccount, officer: User, officer_client: Client
) -> None:
    facts = Facts(bank, date(2026, 3, 1), Amount(1_050_000, "USD"), "B")
    record_receipt(agreement=agreement, facts=facts, by=officer, accept_excess=True)
    response = officer_client.get("/agreements/AGR-2026-0001/")
    page = response.content.decode()
    for text in ("10,500.00", "Unapplied", "500.00", "Settled", "Rest unapplied", "/receipts/RCT-2026-0001/"):
        assert text in page
    assert [step.number for step in response.context["chain"]] == ["AGR-2026-0001", "RCT-2026-0001"]


@pytest.fixture
def four(agreement: Agreement, bank: BankAccount, officer: User) -> list[Agreement]:
    """AGR-2026-0001 overdue, 2 settled, 3 due in September, 4 cancelled."""
    settled, later, cancelled = (
        sign(agreement.donor, due, officer) for due in ("2026-02-01", "2026-09-01", "2026-01-25")
    )
    facts = Facts(bank, date(2026, 2, 1), WHOLE, "B")
    record_receipt(agreement=settled, facts=facts, by=officer)
    cancel_agreement(cancelled, on=date(2026, 2, 1), reason="r", by=officer)
    return [agreement, settled, later, cancelled]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?state=overdue", "1"),
        ("?state=soon", "1"),
        ("?state=open&ordering=number", "13"),
        ("?state=settled", "2"),
        ("?state=cancelled", "4"),
        ("?money=earmarked", "1"),
        ("?money=pool&ordering=-number", "432"),
        ("?q=can/2026", "1"),
        ("?donor=CAN&ordering=due", "1324"),
        ("?ordering=-due", "3124"),
        ("?since=2026-01-16&ordering=number", "234"),
        ("?until=2026-01-16", "1"),
        ("?q=nothing", ""),
        ("?page=abc&ordering=x&since=x&state=x&q=%00", "4321"),
    ],
)
def test_the_list_is_narrowed_sorted_and_takes_odd_addresses(
    four: list[Agreement], officer_client: Client, query: str, shown: str
) -> None:
    response = officer_client.get(f"/agreements/{query}")
    assert response.status_code == 200
    assert "".join(row.number[-1] for row in response.context["page_obj"]) == shown


def test_the_list_takes_as_many_queries_for_thirty_agreements_as_for_three(
    agreement: Agreement, officer: User, officer_client: Client, count_queries: Callable[..., int]
) -> None:
    for _ in range(2):
        sign(agreement.donor, "2026-09-01", officer)
    paths = ("/agreements/", "/agreements/?ordering=due&state=open", "/donors/CAN/", "/receipts/new/")
    few = [count_queries(officer_client, path) for path in paths]
    for _ in range(27):
        sign(agreement.donor, "2026-09-01", officer)
    assert [count_queries(officer_client, path) for path in paths] == few
    assert max(few) < 30


@pytest.mark.parametrize("path", ["/agreements/AGR-2026-0009/", "/agreements/x/cancel/", "/agreements/%00/"])
def test_an_agreement_that_does_not_exist_is_not_found(officer_client: Client, path: str) -> None:
    assert officer_client.get(path).status_code == 404


def test_roles_do_what_is_theirs(
    agreement: Agreement, auditor_client: Client, donor_client: Client, client: Client
) -> None:
    forms = ("/agreements/new/", "/agreements/AGR-2026-0001/cancel/")
    detail = agreement.get_absolute_url()
    page = auditor_client.get("/agreements/").content.decode() + auditor_client.get(detail).content.decode()
    for button in ("/new/", "/cancel/"):
        assert button not in page
    for path in forms:
        assert (auditor_client.get(path).status_code, auditor_client.post(path, form()).status_code) == (403, 403)
    for path in ("/agreements/", detail, *forms):
        assert donor_client.get(path).status_code == 403
        assert client.get(path)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["donors", "pledges", "agreements", "receipts"])
def test_a_new_fund_says_what_to_do_first(path: str, officer_client: Client, auditor_client: Client) -> None:
    page = officer_client.get(f"/{path}/").content.decode()
    assert f"No {path} yet" in page
    assert page.count(f'href="/{path}/new/"') == 2
    assert "/new/" not in auditor_client.get(f"/{path}/").content.decode()
    assert officer_client.get(f"/{path}/?state=open&state=overdue&q=x").status_code == 200


@pytest.mark.parametrize("path", ["/pledges/new/", "/agreements/new/", "/receipts/new/", "/agreements/?state=overdue"])
def test_the_forms_of_a_new_fund_open(path: str, officer_client: Client) -> None:
    assert officer_client.get(path).status_code == 200
