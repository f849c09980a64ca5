"""Amendments: other amounts and days of instalments, another last day; what they post, by profile; what is refused."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client

from fund.errors import InstalmentsDiffer, InstalmentSettled, NotPermitted, OutsideEarmark, StateUnfit, ValueInvalid
from fund.models import Agreement, Amendment, AmendmentLine, Disbursement, Donor, Instalment, Project, Receipt
from fund.operations.agreements import Due, Earmark
from fund.operations.amendments import Term
from fund.operations.attachments import attach
from fund.operations.disbursements import approve_disbursement
from fund.operations.reversals import reverse_receipt
from fund.queries.history import load_history
from ledger.causes import entries_caused_by
from ledger.money import Amount, parse_amount
from ledger.queries import Scope, entries, get_draft, get_total, totals
from tests.deeds import allocate, amend_agreement, cancel_agreement, sign_agreement
from tests.fund.standings import agreement_standings
from tests.shorthand import check, usd

DAY = date(2026, 4, 1)
FIRST, SECOND = "AGR-2026-0001/1", "AGR-2026-0001/2"


def term(amount: str, reference: str = "", on: date = date(2026, 7, 1), currency: str = "USD") -> Term:
    return Term(on, parse_amount(amount, currency), reference)


def amend(agreement: Agreement, by: User, *terms: Term, **changes: Any) -> Amendment:
    facts: dict[str, Any] = {"amended_on": DAY, "note": "By letter"}
    return amend_agreement(agreement, terms=terms, by=by, **(facts | changes))


def legs(document: object) -> list[tuple[str, int, int, str, str]]:
    drafts = [get_draft(entry) for entry in entries_caused_by(str(document))]
    return [(leg.account, leg.amount, leg.functional, leg.fund, leg.instalment) for one in drafts for leg in one.legs]


def balances() -> dict[str, int]:
    return {total.account: total.functional for total in totals(Scope(), by=("account",)) if total.functional}


@pytest.fixture
def cad_conditional(fund_year: int, canada: Donor, officer: User) -> Agreement:
    """AGR-2026-0001 of CAD 1,000.00 at 0.73, deferred."""
    amount = parse_amount("1000", "CAD")
    return sign_agreement(
        donor=canada,
        signed_on=date(2026, 1, 15),
        amount=amount,
        instalments=[Due(date(2026, 7, 1), amount)],
        recognition="as_conditions_met",
        earmark=Earmark(),
        by=officer,
    )


def test_an_amendment_takes_income_back_with_the_receivable(agreement: Agreement, officer: User) -> None:
    amendment = amend(agreement, officer, term("3000", SECOND))
    fund = "AGR-2026-0001"
    assert str(amendment) == "AGR-2026-0001/A1"
    assert legs(amendment) == [
        ("Assets:Receivable:CAN", -100000, -100000, fund, SECOND),
        ("Income:Contributions:CAN", 100000, 100000, fund, ""),
    ]
    found = Agreement.objects.get()
    assert (str(found.amount), str(found.instalments.get(position=2).amount)) == ("$9,000.00", "$3,000.00")
    standing = agreement_standings([found])[found.number]
    assert (standing.signed, standing.outstanding) == (900000, 900000)
    assert check() == []


def test_an_amendment_adds_an_instalment_and_moves_a_day(agreement: Agreement, officer: User) -> None:
    later = date(2026, 9, 1)
    amendment = amend(agreement, officer, term("500", on=later), term("4000", SECOND, on=later))
    assert legs(amendment) == [
        ("Assets:Receivable:CAN", 50000, 50000, "AGR-2026-0001", "AGR-2026-0001/3"),
        ("Income:Contributions:CAN", -50000, -50000, "AGR-2026-0001", ""),
    ]
    assert [one.due_on for one in agreement.instalments.order_by("position")] == [date(2026, 3, 1), later, later]
    assert check() == []


def test_the_agreements_own_history_says_what_an_amendment_made_of_it(agreement: Agreement, officer: User) -> None:
    amend(agreement, officer, term("3000", SECOND), ends_on=date(2027, 1, 31))
    [recorded] = [record for record in load_history(agreement.number) if record.act == "change agreement"]
    assert recorded.changes == [("Amount", "USD 10,000.00", "USD 9,000.00"), ("Ends on", "", "2027-01-31")]


def test_days_alone_post_nothing(agreement: Agreement, officer: User) -> None:
    amendment = amend(agreement, officer, term("4000", SECOND, on=date(2027, 1, 1)))
    assert legs(amendment) == []
    assert agreement.instalments.get(position=2).due_on == date(2027, 1, 1)
    assert check() == []


def test_what_an_instalment_gives_another_keeps_its_carrying_amount(rates: int, canada: Donor, officer: User) -> None:
    dues = [Due(date(2026, month, 1), parse_amount("500", "CAD")) for month in (2, 3)]
    whole = parse_amount("1000", "CAD")
    facts: dict[str, Any] = {"donor": canada, "signed_on": date(2026, 1, 15), "earmark": Earmark(), "by": officer}
    agreement = sign_agreement(amount=whole, instalments=dues, **facts)
    terms = [term("400", FIRST, date(2026, 2, 1), "CAD"), term("700", SECOND, date(2026, 3, 1), "CAD")]
    # 100.00 move at 0.73, and the 100.00 beyond them come at April's 0.75.
    assert [leg[:3] for leg in legs(amend(agreement, officer, *terms))] == [
        ("Assets:Receivable:CAN", -10000, -7300),
        ("Assets:Receivable:CAN", 20000, 14800),
        ("Income:Contributions:CAN", -7500, -7500),
    ]


def test_of_a_conditional_agreement_the_deferred_income_changes(
    rates: int, cad_conditional: Agreement, officer: User
) -> None:
    more = amend(cad_conditional, officer, term("1200", FIRST, currency="CAD"))
    assert [leg[:3] for leg in legs(more)] == [
        ("Assets:Receivable:CAN", 20000, 15000),
        ("Liabilities:Deferred:CAN", -15000, -15000),
    ]
    less = amend(cad_conditional, officer, term("600", FIRST, currency="CAD"))
    # Half of 1,200.00 that are carried at 880.00.
    assert [leg[:3] for leg in legs(less)] == [
        ("Assets:Receivable:CAN", -60000, -44000),
        ("Liabilities:Deferred:CAN", 44000, 44000),
    ]
    assert check() == []


def test_of_an_agreement_on_receipt_the_memorandum_changes(rates: int, canada: Donor, officer: User) -> None:
    amount = parse_amount("1000", "CAD")
    facts: dict[str, Any] = {"donor": canada, "signed_on": date(2026, 1, 15), "amount": amount, "by": officer}
    agreement = sign_agreement(instalments=[Due(DAY, amount)], recognition="on_receipt", **facts)
    assert [leg[:3] for leg in legs(amend(agreement, officer, term("900", FIRST, currency="CAD")))] == [
        ("Equity:Memorandum:Committed:CAN", -10000, -7300),
        ("Equity:Memorandum:Commitments", 10000, 7300),
    ]
    assert check() == []


@pytest.mark.parametrize(
    ("terms", "refusal", "message"),
    [
        ([term("5999.99", FIRST)], InstalmentSettled, r"USD 6,000\.00 of AGR-2026-0001/1 is received or settled"),
        ([term("4000", SECOND)], ValueInvalid, "This changes nothing"),
        ([], ValueInvalid, "This changes nothing"),
        ([term("4000", SECOND, currency="CAD")], InstalmentsDiffer, "The currency never changes"),
        ([term("5", "AGR-2026-0009/1")], ValueInvalid, "is no instalment of AGR-2026-0001"),
        ([term("0")], ValueInvalid, "An instalment is more than zero"),
        ([term("5"), Term(date(2026, 1, 14), usd("4000"), SECOND)], ValueInvalid, "Line 2: Choose 2026-01-15 or later"),
        ([Term(DAY, Amount(-1, "USD"), SECOND)], ValueInvalid, "An instalment is more than zero"),
        ([term("3", SECOND), term("2", SECOND)], ValueInvalid, "changed once in an amendment"),
    ],
)
def test_a_wrong_amendment_is_refused_and_nothing_is_written(
    receipt: Receipt, officer: User, terms: list[Term], refusal: type[Exception], message: str
) -> None:
    before = entries().count()
    with pytest.raises(refusal, match=message):
        amend(receipt.agreement, officer, *terms)  # type: ignore[arg-type]  # it is of one
    assert (Amendment.objects.count(), AmendmentLine.objects.count(), entries().count()) == (0, 0, before)
    assert agreement_standings(Agreement.objects.all())["AGR-2026-0001"].signed == 1000000


def test_all_of_an_agreement_is_cancelled_and_not_amended_away(agreement: Agreement, officer: User) -> None:
    with pytest.raises(InstalmentsDiffer, match="cancel it instead"):
        amend(agreement, officer, term("0", FIRST), term("0", SECOND))


def test_what_was_received_between_is_not_amended_away_although_it_came_back(
    receipt: Receipt, agreement: Agreement, officer: User
) -> None:
    reverse_receipt(receipt, on=date(2026, 5, 1), reason="Taken back", by=officer)
    with pytest.raises(InstalmentSettled):
        amend(agreement, officer, term("0", FIRST), amended_on=date(2026, 2, 1))
    amend(agreement, officer, term("0", FIRST), amended_on=date(2026, 5, 1))


def test_amendments_follow_one_another(agreement: Agreement, officer: User) -> None:
    amend(agreement, officer, term("3000", SECOND))
    with pytest.raises(ValueInvalid, match="Choose 2026-04-01 or later"):
        amend(agreement, officer, term("2000", SECOND), amended_on=date(2026, 3, 31))
    with pytest.raises(StateUnfit, match="AGR-2026-0001/A1 was recorded since this form was opened"):
        amend(agreement, officer, term("2000", SECOND), after=0)
    assert str(amend(agreement, officer, term("2000", SECOND), after=1)) == "AGR-2026-0001/A2"
    assert check() == []


def test_a_cancelled_agreement_takes_its_amendments_with_it(agreement: Agreement, officer: User) -> None:
    amend(agreement, officer, term("3000", SECOND))
    cancel_agreement(agreement, on=DAY, reason="Withdrawn", by=officer)
    assert balances() == {}
    with pytest.raises(StateUnfit, match="sign a new one"):
        amend(agreement, officer, term("2000", SECOND))
    assert check() == []


def test_a_no_cost_extension_posts_nothing_and_lets_the_money_be_used(
    receipt: Receipt, project: Project, canada: Donor, officer: User
) -> None:
    agreement = Agreement.objects.get()
    amend(agreement, officer, ends_on=date(2026, 4, 30))
    give: dict[str, Any] = {"project": project, "decided_on": date(2026, 5, 1), "lines": {"AGR-2026-0001": usd("1")}}
    with pytest.raises(OutsideEarmark, match="ended on 2026-04-30"):
        allocate(**give, by=officer)
    extension = amend(agreement, officer, ends_on=date(2026, 12, 31))
    assert (legs(extension), extension.ends_before, extension.ends_on) == ([], date(2026, 4, 30), date(2026, 12, 31))
    allocate(**give, by=officer)
    assert check() == []


def test_the_last_day_is_not_before_what_was_spent(disbursement: Disbursement, officer: User, approver: User) -> None:
    approve_disbursement(disbursement, by=approver)
    agreement = Agreement.objects.get()
    with pytest.raises(ValueInvalid, match="Something was spent on 2026-03-20: choose that day or later"):
        amend(agreement, officer, ends_on=date(2026, 3, 19))
    amend(agreement, officer, ends_on=date(2026, 3, 20))


def test_the_pool_has_no_last_day(cad_agreement: Agreement, officer: User) -> None:
    with pytest.raises(ValueInvalid, match="the pool has none"):
        amend(cad_agreement, officer, ends_on=date(2027, 1, 1))


def test_an_auditor_amends_nothing(agreement: Agreement, auditor: User) -> None:
    with pytest.raises(NotPermitted):
        amend(agreement, auditor, term("3000", SECOND))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda: AmendmentLine.objects.update(amount=5), "AGR-2026-0001/A1: Assets:Receivable:CAN"),
        (lambda: AmendmentLine.objects.update(due_on=DAY), "AGR-2026-0001/2 is not what AGR-2026-0001/A1 made of it"),
        (lambda: Amendment.objects.update(amended_on=date(2026, 4, 2)), "AGR-2026-0001/A1 is dated 2026-04-02"),
        (lambda: Amendment.objects.update(position=3), "AGR-2026-0001/A1 is missing."),
        (lambda: Amendment.objects.update(ends_on=DAY), "AGR-2026-0001 is not what AGR-2026-0001/A1 made of it"),
        (lambda: Instalment.objects.filter(position=2).update(due_on=DAY), "AGR-2026-0001/2 is not what"),
        (lambda: Instalment.objects.filter(position=2).update(amount=9), "AGR-2026-0001 is of USD 9,000.00, its"),
        (lambda: (AmendmentLine.objects.all().delete(), Amendment.objects.all().delete()), "/A1 is gone"),
    ],
)
def test_a_changed_amendment_is_found(
    agreement: Agreement, officer: User, change: Callable[[], object], problem: str
) -> None:
    amend(agreement, officer, term("3000", SECOND), ends_on=date(2027, 1, 1))
    assert check() == []
    change()
    assert any(problem in found for found in check()), check()


def test_a_letter_is_attached_to_its_amendment(agreement: Agreement, officer: User, officer_client: Client) -> None:
    amendment = amend(agreement, officer, term("3000", SECOND))
    file = ContentFile(b"%PDF-1.7 letter", name="letter.pdf")
    attachment = attach(amendment, file=file, description="The letter", by=officer)
    assert attachment.get_absolute_url() == "/attachments/AGR-2026-0001/A1/1/"
    assert b"".join(officer_client.get(attachment.get_absolute_url())) == b"%PDF-1.7 letter"
    assert check() == []


def test_everything_adds_up_to_zero_in_the_sub_fund(agreement: Agreement, officer: User) -> None:
    amend(agreement, officer, term("3000", SECOND))
    assert get_total(Scope(funds=("AGR-2026-0001",))).functional == 0
