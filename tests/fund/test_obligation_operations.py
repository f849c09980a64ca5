"""Obligations reserve, payments release, cancellations give back: exactly, per sub-fund, and never beyond."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.checks import run_checks
from fund.errors import AllocationExceeded, NotPermitted, ObligationUnfit, OutsideEarmark, StateUnfit, ValueInvalid
from fund.models import Allocation, BankAccount, Disbursement, Donor, Obligation, ObligationCancellation, Project
from fund.operations.agreements import Due, Earmark
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.obligations import cancel_obligation, record_obligation
from fund.operations.projects import ProjectFacts, add_project
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.queries.obligations import lowest_open, open_lines
from fund.queries.projects import project_standings
from ledger.causes import entries_caused_by
from ledger.errors import Refused, YearNotOpen
from ledger.money import parse_amount
from ledger.queries import entries, get_draft
from tests.deeds import allocate, reverse, sign_agreement
from tests.shorthand import usd

FUND = "AGR-2026-0001"
LINE = "OBL-2026-0001/1"
DAY = date(2026, 4, 1)


def let(project: Project, by: User, amount: str, **changes: Any) -> Obligation:
    facts: dict[str, Any] = {"payee": "Firm", "purpose": "Work", "category": "Contractual", "let_on": DAY}
    facts |= {"ends_on": date(2026, 12, 31), "lines": {FUND: usd(amount)}}
    return record_obligation(project=project, by=by, **(facts | changes))


def prepare(obligation: Obligation, bank: BankAccount, by: User, *amounts: str, **changes: Any) -> Disbursement:
    facts: dict[str, Any] = {"payee": "SecureTrain SA", "paid_on": DAY}
    lines = [Line(FUND, obligation.project, "Contractual", usd(amount), obligation) for amount in amounts]
    return prepare_disbursement(bank_account=bank, lines=lines, by=by, **(facts | changes))


def standing() -> tuple[int, int, int]:
    """What CYB-01 has spent, obligated and left, in dollars."""
    found = project_standings(["CYB-01"])["CYB-01"]
    return found.spent // 100, found.obligated // 100, found.left // 100


def legs(document: str) -> list[tuple[str, int, str, str]]:
    """The legs of the last entry of a document."""
    draft = get_draft(entries_caused_by(document).order_by("id").last())  # type: ignore[arg-type]
    return [(leg.account, leg.amount, leg.fund, leg.instalment) for leg in draft.legs]


def problems() -> list[str]:
    return run_checks(lambda _: None)


def test_a_contract_is_a_memorandum_pair_in_its_sub_fund(obligation: Obligation) -> None:
    assert legs("OBL-2026-0001") == [
        ("Equity:Memorandum:Obligated:CYB-01", 200000, FUND, LINE),
        ("Equity:Memorandum:Obligations", -200000, FUND, LINE),
    ]
    assert standing() == (0, 2000, 3000)
    assert problems() == []


def test_more_than_the_project_has_left_is_not_obligated(
    obligation: Obligation, project: Project, officer: User
) -> None:
    before = entries().count()
    with pytest.raises(AllocationExceeded, match=r"CYB-01 has USD 3,000\.00 of AGR-2026-0001 left.* Allocate more"):
        let(project, officer, "3000.01")
    assert (Obligation.objects.count(), entries().count()) == (1, before)
    let(project, officer, "3000")


def test_a_contract_dated_back_cannot_take_what_is_obligated_later(
    obligation: Obligation, project: Project, officer: User
) -> None:
    with pytest.raises(AllocationExceeded, match="left on 2026-03-15"):
        let(project, officer, "3000.01", let_on=date(2026, 3, 12))


@pytest.mark.parametrize(
    ("changes", "refused", "message"),
    [
        ({"category": "IndirectCost"}, ValueInvalid, "is not a category of spending"),
        ({"ends_on": date(2026, 3, 31)}, ValueInvalid, "ends on the day it is let, 2026-04-01, or later"),
        ({"lines": {}}, ValueInvalid, "at least one sub-fund"),
        ({"lines": {FUND: usd("0")}}, ValueInvalid, "more than zero"),
        ({"lines": {FUND: parse_amount("1", "CAD")}}, ValueInvalid, "Obligations are in USD"),
        ({"lines": {"POOL": usd("1")}}, AllocationExceeded, r"CYB-01 has USD 0\.00 of POOL left"),
        ({"lines": {"GENERAL": usd("1")}}, ValueInvalid, "GENERAL is not a sub-fund"),
        ({"payee": " "}, ValueInvalid, "This is needed"),
        ({"let_on": date(2025, 4, 1)}, YearNotOpen, "2025-04-01"),
    ],
)
def test_what_is_no_contract_is_refused_and_nothing_is_written(
    allocation: Allocation, officer: User, changes: dict[str, Any], refused: type[Refused], message: str
) -> None:
    before = entries().count()
    with pytest.raises(refused, match=message):
        let(allocation.project, officer, "1", **changes)
    assert (Obligation.objects.count(), entries().count()) == (0, before)


def test_an_earmark_holds_for_contracts(canada: Donor, bank: BankAccount, project: Project, officer: User) -> None:
    amount = usd("500")
    agreement = sign_agreement(
        donor=canada,
        signed_on=date(2026, 1, 15),
        amount=amount,
        instalments=[Due(date(2026, 2, 1), amount)],
        earmark=Earmark(ends_on=date(2026, 3, 31)),
        by=officer,
    )
    record_receipt(agreement=agreement, facts=Facts(bank, date(2026, 2, 1), amount, "B"), by=officer)
    lines = {agreement.number: amount}
    allocate(project=project, decided_on=date(2026, 2, 2), lines=lines, by=officer)
    with pytest.raises(OutsideEarmark, match="AGR-2026-0001 ended on 2026-03-31"):
        let(project, officer, "1", lines=lines)


def test_only_officers_record_and_cancel(obligation: Obligation, approver: User, auditor: User) -> None:
    for user in (approver, auditor):
        with pytest.raises(NotPermitted):
            let(obligation.project, user, "1")
        with pytest.raises(NotPermitted):
            cancel_obligation(obligation, on=DAY, reason="No", by=user)


def test_a_payment_releases_what_it_spends(
    obligation: Obligation, bank: BankAccount, officer: User, approver: User
) -> None:
    paid = prepare(obligation, bank, officer, "700")
    assert standing() == (0, 2000, 3000)
    approve_disbursement(paid, by=approver)
    assert legs("DSB-2026-0001") == [
        ("Expenses:Projects:CYB-01:Contractual", 70000, FUND, ""),
        ("Assets:Bank:CITI-USD", -70000, FUND, ""),
        ("Equity:Memorandum:Obligated:CYB-01", -70000, FUND, LINE),
        ("Equity:Memorandum:Obligations", 70000, FUND, LINE),
    ]
    draft = get_draft(entries_caused_by("DSB-2026-0001")[0])
    assert draft.links == ("DSB-2026-0001", "OBL-2026-0001")
    assert standing() == (700, 1300, 3000)
    assert problems() == []


def test_a_payment_may_use_what_its_obligation_reserved(
    obligation: Obligation, bank: BankAccount, officer: User, approver: User
) -> None:
    let(obligation.project, officer, "3000")
    with pytest.raises(AllocationExceeded, match=r"USD 0\.00 of AGR-2026-0001 left .* obligated for this"):
        prepare(obligation, bank, officer, "2000.01")
    other = Line(FUND, obligation.project, "Contractual", usd("0.01"))
    with pytest.raises(AllocationExceeded):
        prepare_disbursement(payee="X", bank_account=bank, paid_on=DAY, lines=[other], by=officer)
    approve_disbursement(prepare(obligation, bank, officer, "2000"), by=approver)
    assert standing() == (2000, 3000, 0)


def test_a_payment_beyond_the_contract_takes_the_rest_of_the_allocation(
    obligation: Obligation, bank: BankAccount, officer: User, approver: User
) -> None:
    approve_disbursement(prepare(obligation, bank, officer, "1500", "600"), by=approver)
    assert standing() == (2100, 0, 2900)
    assert problems() == []


def test_two_lines_release_together_no_more_than_is_open(
    obligation: Obligation, bank: BankAccount, officer: User, approver: User
) -> None:
    approve_disbursement(prepare(obligation, bank, officer, "1999", "5", "6"), by=approver)
    assert open_lines([LINE]) == {LINE: 0}
    with pytest.raises(ObligationUnfit, match=r"Nothing of OBL-2026-0001 is open .* Name no obligation"):
        prepare(obligation, bank, officer, "1")


def test_a_payment_dated_back_releases_only_what_stays_open(
    obligation: Obligation, bank: BankAccount, officer: User, approver: User
) -> None:
    cancel_obligation(obligation, on=date(2026, 5, 1), reason="Less", lines={FUND: usd("1900")}, by=officer)
    approve_disbursement(prepare(obligation, bank, officer, "700"), by=approver)
    assert lowest_open(LINE, since=DAY).balance == 0
    assert standing() == (700, 0, 4300)
    assert problems() == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"fund": "POOL"}, "OBL-2026-0001 is for CYB-01, Contractual services, out of AGR-2026-0001. Charge that"),
        ({"category": "Travel"}, "OBL-2026-0001 is for CYB-01, Contractual services"),
        ({"project": None}, "OBL-2026-0001 is for CYB-01"),
    ],
)
def test_a_payment_for_something_else_does_not_use_the_contract(
    obligation: Obligation, bank: BankAccount, officer: User, changes: dict[str, Any], message: str
) -> None:
    other = add_project(code="BOR", facts=ProjectFacts("Borders", [1], [], date(2026, 1, 1)), by=officer)
    facts: dict[str, Any] = {"fund": FUND, "project": obligation.project, "category": "Contractual"} | changes
    facts["project"] = facts["project"] or other
    line = Line(**facts, amount=usd("1"), obligation=obligation)
    with pytest.raises(ObligationUnfit, match=message):
        prepare_disbursement(payee="X", bank_account=bank, paid_on=DAY, lines=[line], by=officer)
    assert not Disbursement.objects.exists()


def test_nothing_is_paid_before_the_contract_is_let(obligation: Obligation, bank: BankAccount, officer: User) -> None:
    with pytest.raises(ValueInvalid, match="Choose 2026-03-15 or later"):
        prepare(obligation, bank, officer, "1", paid_on=date(2026, 3, 14))


def test_a_contract_cancelled_before_the_approval_is_not_paid_out_of_it(
    obligation: Obligation, bank: BankAccount, officer: User, approver: User
) -> None:
    waiting = prepare(obligation, bank, officer, "700")
    cancel_obligation(obligation, on=DAY, reason="Firm is gone", by=officer)
    before = entries().count()
    with pytest.raises(ObligationUnfit, match="it is paid or cancelled"):
        approve_disbursement(waiting, by=approver)
    assert entries().count() == before


def test_a_payment_that_comes_back_opens_the_contract_again(
    obligation: Obligation, bank: BankAccount, officer: User, approver: User
) -> None:
    paid = prepare(obligation, bank, officer, "700")
    approve_disbursement(paid, by=approver)
    reverse(paid, on=date(2026, 4, 2), reason="Wrong account", by=officer)
    assert standing() == (0, 2000, 3000)
    assert problems() == []


def test_a_foreign_payment_releases_its_expense(
    cad_bank: BankAccount, rates: int, acme: Donor, project: Project, officer: User, approver: User
) -> None:
    record_gift(donor=acme, facts=Facts(cad_bank, DAY, parse_amount("1000", "CAD"), "G"), by=officer)
    allocate(project=project, decided_on=DAY, lines={"POOL": usd("700")}, by=officer)
    contract = let(project, officer, "1", lines={"POOL": usd("500")})
    line = Line("POOL", project, "Contractual", parse_amount("400", "CAD"), contract)
    paid = prepare_disbursement(payee="X", bank_account=cad_bank, paid_on=DAY, lines=[line], by=officer)
    approve_disbursement(paid, by=approver)
    assert open_lines([LINE]) == {LINE: 20000}
    assert problems() == []


def test_a_part_is_cancelled_and_then_the_rest(obligation: Obligation, officer: User) -> None:
    cancel_obligation(obligation, on=DAY, reason="Fewer courses", lines={FUND: usd("500")}, by=officer)
    assert standing() == (0, 1500, 3500)
    cancel_obligation(obligation, on=DAY, reason="None at all", by=officer)
    assert standing() == (0, 0, 5000)
    assert [part.position for part in ObligationCancellation.objects.all()] == [1, 2]
    assert entries_caused_by("OBL-2026-0001").count() == 3
    assert problems() == []


@pytest.mark.parametrize(
    ("changes", "refused", "message"),
    [
        ({"lines": {FUND: usd("2000.01")}}, ObligationUnfit, r"USD 2,000\.00 of OBL-2026-0001 is open .*: not more"),
        ({"lines": {"POOL": usd("1")}}, ObligationUnfit, "reserves AGR-2026-0001, and nothing of POOL"),
        ({"lines": {FUND: usd("0")}}, ValueInvalid, "more than zero"),
        ({"on": date(2026, 3, 14)}, ValueInvalid, "Choose 2026-03-15 or later"),
        ({"on": date(2025, 3, 14)}, YearNotOpen, "2025"),
        ({"reason": ""}, ValueInvalid, "This is needed"),
    ],
)
def test_a_cancellation_that_is_wrong_changes_nothing(
    obligation: Obligation, officer: User, changes: dict[str, Any], refused: type[Refused], message: str
) -> None:
    facts: dict[str, Any] = {"on": DAY, "reason": "Less", "by": officer}
    with pytest.raises(refused, match=message):
        cancel_obligation(obligation, **(facts | changes))
    assert standing() == (0, 2000, 3000)
    assert not ObligationCancellation.objects.exists()


def test_what_is_cancelled_is_not_cancelled_again(obligation: Obligation, officer: User) -> None:
    cancel_obligation(obligation, on=DAY, reason="Gone", by=officer)
    with pytest.raises(ObligationUnfit, match="Nothing of OBL-2026-0001 is open"):
        cancel_obligation(obligation, on=DAY, reason="Gone", by=officer)


def test_an_allocation_that_is_obligated_is_not_taken_back(
    obligation: Obligation, allocation: Allocation, officer: User
) -> None:
    with pytest.raises(StateUnfit, match=r"Only USD 3,000\.00 .*: the rest is spent or obligated"):
        reverse(allocation, on=DAY, reason="Wrong", by=officer)


def test_one_contract_out_of_two_sub_funds_is_released_in_each(
    obligation: Obligation, bank: BankAccount, acme: Donor, officer: User, approver: User
) -> None:
    record_gift(donor=acme, facts=Facts(bank, DAY, usd("300"), "G"), by=officer)
    allocate(project=obligation.project, decided_on=DAY, lines={"POOL": usd("300")}, by=officer)
    both = let(obligation.project, officer, "1", lines={"POOL": usd("200"), FUND: usd("100")})
    lines = [Line(fund, both.project, "Contractual", usd("50"), both) for fund in ("POOL", FUND)]
    paid = prepare_disbursement(payee="X", bank_account=bank, paid_on=DAY, lines=lines, by=officer)
    approve_disbursement(paid, by=approver)
    assert open_lines([f"{both}/1", f"{both}/2"]) == {f"{both}/1": 15000, f"{both}/2": 5000}
    cancel_obligation(both, on=DAY, reason="Over", by=officer)
    assert {part.line.fund: part.amount.amount for part in ObligationCancellation.objects.all()} == {
        "POOL": 150,
        FUND: 50,
    }
    assert problems() == []
