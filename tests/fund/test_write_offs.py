"""Write-offs: what will not be paid leaves at its carrying amount, and no more than is owed."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.checks import run_checks
from fund.errors import NotPermitted, SamePerson, StateUnfit, ValueInvalid, WriteOffTooLarge
from fund.models import Agreement, BankAccount, Receipt, WriteOff
from fund.operations.agreements import Due
from fund.operations.approvals import reject
from fund.operations.closings import close_period
from fund.operations.receipts import Facts, record_receipt
from fund.operations.revaluations import run_revaluation
from fund.operations.reversals import reverse_receipt
from fund.operations.write_offs import approve_write_off, prepare_write_off
from fund.queries.ageing import find_ageing
from fund.queries.contributions import instalment_standings
from fund.queries.statements import make_statement
from ledger.causes import entries_caused_by
from ledger.errors import PeriodClosed
from ledger.queries import entries, get_draft
from tests.deeds import cancel_agreement, reverse, sign_agreement
from tests.shorthand import usd

pytestmark = pytest.mark.django_db

DAY = date(2026, 5, 1)
FIRST, LAST = "AGR-2026-0001/1", "AGR-2026-0001/2"


def prepare(agreement: Agreement, by: User, **more: Any) -> WriteOff:
    facts: dict[str, Any] = {"dated_on": DAY, "grounds": "The donor is wound up", "by": by} | more
    return prepare_write_off(agreement, **facts)


def legs_of(number: str, place: int = 0) -> list[tuple[str, int, int, str]]:
    """Account, amount, functional, instalment of one of a document's entries."""
    draft = get_draft(entries_caused_by(number)[place])
    return [(leg.account, leg.amount, leg.functional, leg.instalment) for leg in draft.legs]


def no_problems() -> None:
    assert run_checks(lambda *_: None) == []


def test_a_prepared_write_off_posts_nothing_and_keeps_its_lines(write_off: WriteOff) -> None:
    assert str(write_off) == "WOF-2026-0001"
    assert not entries_caused_by("WOF-2026-0001").exists()
    assert [str(line.amount.amount) for line in write_off.lines.order_by("pk")] == ["1000.000", "4000.000"]
    no_problems()


def test_an_approved_write_off_is_an_expense_and_the_rest_stays_owed(
    write_off: WriteOff, agreement: Agreement, approver: User
) -> None:
    assert approve_write_off(write_off, by=approver)
    assert legs_of("WOF-2026-0001") == [
        ("Expenses:WriteOff:CAN", 500000, 500000, ""),
        ("Assets:Receivable:CAN", -100000, -100000, FIRST),
        ("Assets:Receivable:CAN", -400000, -400000, LAST),
    ]
    standings = instalment_standings(list(agreement.instalments.all()))
    assert [(one.outstanding, one.written_off) for one in standings.values()] == [(500000, 100000), (0, 400000)]
    no_problems()


def test_ageing_and_the_donors_statement_leave_out_what_is_written_off(
    write_off: WriteOff, agreement: Agreement, approver: User
) -> None:
    approve_write_off(write_off, by=approver)
    assert [donor.total for donor in find_ageing(as_of=date(2026, 6, 15))] == [500000]
    statement = make_statement(agreement.donor, as_of=date(2026, 6, 15))
    assert (statement.figures.signed, statement.figures.outstanding, statement.written_off) == (1000000, 500000, 500000)
    assert make_statement(agreement.donor, as_of=date(2026, 4, 30)).written_off == 0


def test_without_lines_all_that_is_open_is_written_off(receipt: Receipt, agreement: Agreement, officer: User) -> None:
    write_off = prepare(agreement, officer)
    assert [(line.instalment.reference, str(line.amount)) for line in write_off.lines.all()] == [(LAST, "$4,000.00")]


def test_a_foreign_receivable_leaves_at_its_own_carrying_amount(
    cad_agreement: Agreement, officer: User, approver: User
) -> None:
    run_revaluation(month="2026-03", by=officer)
    approve_write_off(prepare(cad_agreement, officer), by=approver)
    assert legs_of("WOF-2026-0001") == [
        ("Expenses:WriteOff:CAN", 75000, 75000, ""),
        ("Assets:Receivable:CAN", -100000, -75000, FIRST),
    ]
    no_problems()


def test_a_conditional_agreement_is_written_off_against_what_is_deferred(
    conditional: Agreement, officer: User, approver: User
) -> None:
    approve_write_off(prepare(conditional, officer, lines={FIRST: usd("300")}), by=approver)
    assert legs_of("WOF-2026-0001")[0] == ("Liabilities:Deferred:CAN", 30000, 30000, "")
    no_problems()


def test_of_an_agreement_on_receipt_the_memorandum_is_reversed(
    fund_year: int, canada: Any, officer: User, approver: User
) -> None:
    instalments = [Due(date(2026, 3, 1), usd("50"))]
    facts: dict[str, Any] = {"donor": canada, "signed_on": date(2026, 1, 15), "amount": usd("50"), "by": officer}
    signed = sign_agreement(**facts, instalments=instalments, recognition="on_receipt")
    approve_write_off(prepare(signed, officer), by=approver)
    assert legs_of("WOF-2026-0001") == [
        ("Equity:Memorandum:Commitments", 5000, 5000, ""),
        ("Equity:Memorandum:Committed:CAN", -5000, -5000, FIRST),
    ]
    no_problems()


def test_no_more_than_is_owed_is_written_off(receipt: Receipt, agreement: Agreement, officer: User) -> None:
    for lines, said in (({FIRST: usd("1")}, "AGR-2026-0001/1 is owed USD 0.00"), ({LAST: usd("4001")}, "4,000.00")):
        with pytest.raises(WriteOffTooLarge, match=said):
            prepare(agreement, officer, lines=lines)
    for lines in ({}, {"AGR-2026-0009/1": usd("1")}, {LAST: usd("-1")}):
        with pytest.raises(ValueInvalid):
            prepare(agreement, officer, lines=lines)
    assert not WriteOff.objects.exists()


def test_a_later_receipt_counts_on_an_earlier_day(receipt: Receipt, agreement: Agreement, officer: User) -> None:
    with pytest.raises(WriteOffTooLarge, match=r"is owed USD 0.00"):
        prepare(agreement, officer, dated_on=date(2026, 2, 1), lines={FIRST: usd("1")})
    reverse_receipt(receipt, on=date(2026, 4, 1), reason="bounced", by=officer)
    with pytest.raises(WriteOffTooLarge, match=r"is owed USD 0.00"):
        prepare(agreement, officer, dated_on=date(2026, 2, 1), lines={FIRST: usd("1")})
    prepare(agreement, officer, dated_on=DAY, lines={FIRST: usd("1")})


def test_what_came_since_it_was_prepared_stands_in_the_way_of_its_approval(
    write_off: WriteOff, agreement: Agreement, bank: BankAccount, officer: User, approver: User
) -> None:
    record_receipt(agreement=agreement, facts=Facts(bank, DAY, usd("6000"), "B-1"), by=officer)
    with pytest.raises(WriteOffTooLarge, match=r"AGR-2026-0001/1 is owed USD 0.00; USD 1,000.00 is more"):
        approve_write_off(write_off, by=approver)
    reject(write_off, reason="It was paid", by=approver)
    no_problems()


def test_its_preparer_never_approves_and_others_without_the_role_neither(
    write_off: WriteOff, agreement: Agreement, officer: User, approver: User, auditor: User
) -> None:
    officer.is_superuser = True
    officer.save()
    with pytest.raises(SamePerson):
        approve_write_off(write_off, by=User.objects.get(pk=officer.pk))
    for act in (lambda: approve_write_off(write_off, by=auditor), lambda: prepare(agreement, approver)):
        with pytest.raises(NotPermitted):
            act()
    assert not entries().filter(kind="write_off").exists()


def test_a_large_write_off_takes_two_approvers(
    write_off: WriteOff, approver: User, auditor: User, settings: Any
) -> None:
    settings.TWO_APPROVERS_FROM = 5000
    assert not approve_write_off(write_off, by=approver)
    with pytest.raises(StateUnfit, match="needs another person"):
        approve_write_off(write_off, by=approver)
    assert not entries().filter(kind="write_off").exists()


def test_a_closed_month_takes_no_write_off(agreement: Agreement, officer: User) -> None:
    close_period("2026-01", by=officer)
    with pytest.raises(PeriodClosed):
        prepare(agreement, officer, dated_on=date(2026, 1, 31))


def test_a_reversed_write_off_is_owed_again_and_its_agreement_may_be_cancelled(
    write_off: WriteOff, agreement: Agreement, officer: User, approver: User
) -> None:
    with pytest.raises(StateUnfit, match="not posted: reject it"):
        reverse(write_off, on=DAY, reason="a slip", by=officer)
    approve_write_off(write_off, by=approver)
    with pytest.raises(StateUnfit, match="WOF-2026-0001 of AGR-2026-0001 stands: reverse it first"):
        cancel_agreement(agreement, on=DAY, reason="a slip", by=officer)
    reverse(write_off, on=DAY, reason="they pay after all", by=officer)
    assert sum(one.outstanding for one in instalment_standings(list(agreement.instalments.all())).values()) == 1000000
    with pytest.raises(StateUnfit, match="reversed on 2026-05-01 already"):
        reverse(write_off, on=DAY, reason="a slip", by=officer)
    cancel_agreement(agreement, on=DAY, reason="never meant", by=officer)
    no_problems()


@pytest.mark.parametrize("change", [{"amount": 4999}, {"dated_on": date(2026, 5, 2)}, {"state": "rejected"}])
def test_a_write_off_that_was_tampered_with_is_found(
    write_off: WriteOff, approver: User, change: dict[str, Any]
) -> None:
    approve_write_off(write_off, by=approver)
    WriteOff.objects.update(**change)
    assert any("WOF-2026-0001" in problem for problem in run_checks(lambda *_: None))
