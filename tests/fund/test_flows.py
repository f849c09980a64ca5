"""Follow the money: from donors down to what was paid, and back up, to the cent."""

from datetime import date

import pytest
from django.contrib.auth.models import User

from fund.demonstration.telling import build_demonstration
from fund.models import (
    Advance,
    AdvanceReport,
    Agreement,
    Allocation,
    BankAccount,
    Disbursement,
    Donor,
    Obligation,
    Project,
)
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.people import add_person
from fund.operations.receipts import Facts, record_gift
from fund.policy import POOL
from fund.queries.flows import Asked, Basis, Flow, Rest, Source, follow, follow_every_donor
from fund.queries.payments import load_payments, payments, trace_payment
from fund.queries.statements import make_statement
from ledger.queries import Scope, get_total
from tests.deeds import allocate, reverse
from tests.fund.advances import accept
from tests.shorthand import usd

DAY = date(2026, 6, 15)


def uses_of(flow: Flow) -> dict[tuple[str, str, str], int]:
    return {(use.fund, use.project, use.what): use.amount for use in flow.uses}


@pytest.fixture
def earmarked(disbursement: Disbursement, obligation: Obligation, approver: User) -> Agreement:
    """AGR-2026-0001 of Canada: 6,000.00 came, 5,000.00 allocated, 700.00 spent, 2,000.00 obligated."""
    approve_disbursement(disbursement, by=approver)
    return Agreement.objects.get()


@pytest.fixture
def pool(acme: Donor, canada: Donor, bank: BankAccount, project: Project, officer: User, approver: User) -> None:
    """Gifts of 100.00 and 100.01 of Canada and 99.99 of ACME; of 250.00 allocated, 100.00 and 0.01 are spent."""
    for place, (donor, amount) in enumerate(((canada, "100"), (acme, "99.99"), (canada, "100.01"))):
        facts = Facts(bank, date(2026, 2, 1 + place), usd(amount), f"G-{place}")
        record_gift(donor=donor, facts=facts, by=officer)
    allocate(project=project, decided_on=date(2026, 2, 10), lines={POOL: usd("250")}, by=officer)
    lines = [Line(POOL, project, "Travel", usd("100")), Line(POOL, project, "Supplies", usd("0.01"))]
    paid = prepare_disbursement(payee="Hotel", bank_account=bank, paid_on=date(2026, 2, 20), lines=lines, by=officer)
    approve_disbursement(paid, by=approver)


def test_an_earmarked_sub_fund_is_followed_by_the_ledgers_own_figures(earmarked: Agreement) -> None:
    flow = follow(Asked(DAY))
    fund = earmarked.number
    assert flow.sources == (Source("CAN", "", fund, 6000_00),)
    assert uses_of(flow) == {
        (fund, "CYB-01", "Travel"): 700_00,
        (fund, "CYB-01", "obligated"): 2000_00,
        (fund, "CYB-01", "left"): 2300_00,
        (fund, "", "unallocated"): 1000_00,
    }
    assert (flow.basis, flow.spent, flow.paid_in) == (None, 700_00, 6000_00)


def test_what_was_spent_before_the_period_is_a_line_of_its_own(earmarked: Agreement) -> None:
    flow = follow(Asked(DAY, since=date(2026, 4, 1)))
    assert uses_of(flow)[earmarked.number, "CYB-01", "before"] == 700_00
    assert (earmarked.number, "CYB-01", "Travel") not in uses_of(flow)
    assert flow.spent == 700_00


def test_the_pools_parts_add_up_to_each_line_of_the_pool(pool: None) -> None:
    whole, parts = follow(Asked(DAY)), [follow(Asked(DAY, donor=donor)) for donor in Donor.objects.all()]
    for key, amount in uses_of(whole).items():
        assert sum(uses_of(part).get(key, 0) for part in parts) == amount
    assert [part.basis for part in parts] == [Basis(2, 300_00)] * 2
    assert [part.paid_in for part in parts] == [99_99, 200_01]


@pytest.mark.usefixtures("pool", "earmarked")
def test_a_donors_flow_has_the_figures_of_the_statement(canada: Donor) -> None:
    flow, statement = follow(Asked(DAY, donor=canada)), make_statement(canada, as_of=DAY)
    assert (flow.paid_in, flow.spent) == (statement.whole.paid_in, statement.spent)
    assert flow.sum_of(Rest.OBLIGATED, Rest.LEFT, Rest.UNALLOCATED) == statement.balance
    assert flow.sum_of(Rest.OBLIGATED) == statement.whole.obligated
    assert flow.sum_of(Rest.OTHER) == statement.whole.other
    for line in statement.projects:
        amounts = [use.amount for use in flow.uses if (use.project, use.what) == (line.project, line.category)]
        assert sum(amounts) == line.total


@pytest.mark.usefixtures("pool")
def test_a_donors_gifts_share_the_donors_part_exactly(canada: Donor) -> None:
    whole = follow(Asked(DAY, donor=canada))
    gifts = ("RCT-2026-0001", "RCT-2026-0003")
    assert [(one.number, one.amount) for one in whole.sources] == list(zip(gifts, (100_00, 100_01), strict=True))
    parts = [follow(Asked(DAY, donor=canada, numbers=frozenset({number}))) for number in gifts]
    for key, amount in uses_of(whole).items():
        assert sum(uses_of(part).get(key, 0) for part in parts) == amount


@pytest.mark.usefixtures("pool", "earmarked")
def test_a_project_is_followed_up_to_every_donor(project: Project) -> None:
    flow = follow(Asked(DAY, project=project.code))
    assert {source.donor for source in flow.sources if source.fund == POOL} == {"ACME", "CAN"}
    for fund in (POOL, "AGR-2026-0001"):
        came = sum(source.amount for source in flow.sources if source.fund == fund)
        assert came == sum(use.amount for use in flow.uses if use.fund == fund)
    assert {use.project for use in flow.uses} == {"CYB-01"}
    spent = get_total(Scope(until=DAY, accounts=("Expenses:Projects:CYB-01:",)))
    assert flow.spent == spent.functional


@pytest.mark.usefixtures("pool")
def test_in_every_sub_fund_what_came_is_what_became_of_it(earmarked: Agreement, canada: Donor) -> None:
    for asked in (Asked(DAY), Asked(DAY, fund=POOL), Asked(DAY, donor=canada, fund=earmarked.number)):
        flow = follow(asked)
        assert flow.paid_in == sum(use.amount for use in flow.uses) > 0


def test_a_contribution_that_is_not_the_donors_has_no_flow(earmarked: Agreement, acme: Donor) -> None:
    assert follow(Asked(DAY, donor=acme, numbers=frozenset({earmarked.number}))).sources == ()


def test_a_day_before_everything_has_nothing_to_follow(allocation: Allocation) -> None:
    assert follow(Asked(date(2026, 1, 1))) == Flow(Asked(date(2026, 1, 1)), (), ())


@pytest.mark.usefixtures("pool")
def test_a_payment_is_traced_up_to_every_donor(earmarked: Agreement) -> None:
    by_number = {one.number: trace_payment(one, until=DAY) for one in Disbursement.objects.all()}
    pooled = next(flow for flow in by_number.values() if flow.basis)
    parts = {source.donor: source.amount for source in pooled.sources}
    assert (parts, pooled.spent) == ({"ACME": 33_33, "CAN": 66_68}, 100_01)
    own = next(flow for flow in by_number.values() if not flow.basis)
    assert own.sources == (Source("CAN", "", earmarked.number, 700_00),)


@pytest.mark.usefixtures("pool", "earmarked")
def test_the_payments_of_a_donor_have_the_donors_part(canada: Donor, acme: Donor) -> None:
    parts = []
    for donor in (canada, acme):
        flow = follow(Asked(DAY, donor=donor))
        found = load_payments(payments(flow.asked, {source.fund for source in flow.sources}), flow)
        parts.append([(one.document.subject, one.charged, one.part) for one in found])
    assert parts == [[("Wings", 700_00, 700_00), ("Hotel", 100_01, 66_68)], [("Hotel", 100_01, 33_33)]]


def test_what_a_partner_reported_and_was_accepted_was_paid_by_donors_too(
    report: AdvanceReport, canada: Donor, officer: User, approver: User
) -> None:
    assert trace_payment(report, until=DAY).sources == ()
    accept(report, approver, usd("450"))
    flow = follow(Asked(DAY, donor=canada))
    [found] = load_payments(payments(flow.asked, ["AGR-2026-0001"]), flow)
    assert (found.document, found.on, found.charged, found.part) == (report, date(2026, 4, 10), 450_00, 450_00)
    assert trace_payment(report, until=DAY).sources == (Source("CAN", "", "AGR-2026-0001", 450_00),)
    reverse(report, on=date(2026, 5, 2), reason="Slip", by=officer)
    assert not payments(Asked(DAY), ["AGR-2026-0001"])
    assert payments(Asked(date(2026, 5, 1)), ["AGR-2026-0001"])


def test_an_advance_is_traced_with_what_its_partner_has_still(
    report: AdvanceReport, sent: Advance, approver: User
) -> None:
    accept(report, approver, usd("450"))
    flow = trace_payment(sent, until=DAY)
    assert flow.sources == (Source("CAN", "", "AGR-2026-0001", 1000_00),)
    assert {use.what: use.amount for use in flow.uses} == {"Travel": 450_00, "advanced": 550_00}


def test_a_payment_that_waits_or_was_reversed_was_paid_by_nobody(
    disbursement: Disbursement, approver: User, officer: User
) -> None:
    assert trace_payment(disbursement, until=DAY).sources == ()
    approve_disbursement(disbursement, by=approver)
    reverse(disbursement, on=date(2026, 4, 1), reason="Slip", by=officer)
    assert [bool(trace_payment(disbursement, until=date(2026, month, 1)).sources) for month in (3, 4)] == [False, False]
    flow = follow(Asked(date(2026, 3, 31)))
    assert [number for number, _ in payments(flow.asked, ["AGR-2026-0001"])] == [disbursement.number]
    assert not payments(Asked(DAY), ["AGR-2026-0001"])


def test_every_donor_of_the_demonstration_is_followed_by_the_figures_of_the_statement(
    today: date, officer: User, approver: User
) -> None:
    build_demonstration(today, officer=officer, approvers=(approver, add_person("second", role="Approver")[0]))
    whole = follow(Asked(today))
    assert whole.paid_in == sum(use.amount for use in whole.uses)
    every = follow_every_donor(Asked(today))
    assert sum(use.amount for _, use in every) == whole.paid_in
    for donor in Donor.objects.all():
        flow, statement = follow(Asked(today, donor=donor)), make_statement(donor, as_of=today)
        found = (flow.paid_in, flow.spent, flow.sum_of(Rest.OBLIGATED), flow.sum_of(Rest.OTHER))
        line = statement.whole
        assert found == (line.paid_in, line.spent, line.obligated, line.other)
        uses = {(use.fund, use.project, use.what): use.amount for code, use in every if code == donor.code}
        assert uses == uses_of(flow)
