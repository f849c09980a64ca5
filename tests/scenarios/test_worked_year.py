"""The worked year, replayed through the fund's own operations and compared account by account."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from beancount.core.data import Transaction

from fund.models import Agreement, BankAccount, Disbursement, Donor, Project
from fund.operations.advance_reports import Spent, Verdict, record_report, review_report
from fund.operations.advance_returns import Back, record_return
from fund.operations.advances import Line as AdvancedLine
from fund.operations.advances import approve_advance, prepare_advance
from fund.operations.agreements import Due, Earmark
from fund.operations.amendments import Term
from fund.operations.applications import Word
from fund.operations.deposits import Part, identify_deposit, record_deposit
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.donors import add_donor
from fund.operations.in_kind import Gift, record_in_kind
from fund.operations.interest import record_interest
from fund.operations.obligations import cancel_obligation, record_obligation
from fund.operations.payees import add_payee
from fund.operations.people import add_person
from fund.operations.pledges import announce_pledge
from fund.operations.projects import ProjectFacts, add_project
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.recoveries import Terms, run_recovery, set_recovery_terms
from fund.operations.refunds import approve_refund, prepare_refund
from fund.operations.revaluations import run_revaluation
from fund.operations.treasury import add_bank_account, add_rate, open_year
from fund.operations.write_offs import approve_write_off, prepare_write_off
from fund.policy_treasury import Item
from fund.queries.revaluations import money_items
from ledger.entries import Draft
from ledger.money import Amount, parse_amount
from ledger.periods import Period
from ledger.queries import Scope, entries, get_draft, postings, totals
from tests.deeds import allocate, amend_agreement, return_allocation, reverse, sign_agreement
from tests.scenarios.worked_year import PATH, Balances, add_up, load_transactions, to_draft
from tests.shorthand import cad, check, usd

pytestmark = pytest.mark.django_db

Legs = list[tuple[str, int, str, int, str]]

# The file states the price of 1 April nowhere, yet spends 10,000.00 CAD as 7,500.00 USD on 10 April.
RATES = [
    ("CAD", "2026-01-01", "0.73"),
    ("EUR", "2026-01-01", "1.08"),
    ("CAD", "2026-02-01", "0.74"),
    ("EUR", "2026-02-01", "1.08"),
    ("CAD", "2026-04-01", "0.75"),
    ("CAD", "2026-06-01", "0.7525"),
    ("EUR", "2026-06-01", "1.10"),
]


def on(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def eur(text: str) -> Amount:
    return parse_amount(text, "EUR")


class Year:
    """The people and things of the year, and one method per event that operations cover."""

    def __init__(self) -> None:
        self.officer, _ = add_person("officer", role="Finance officer")
        self.approver, _ = add_person("approver", role="Approver")
        open_year(2026, by=self.officer)
        for currency, day, rate in RATES:
            add_rate(currency=currency, effective_on=date.fromisoformat(day), rate=Decimal(rate), by=self.officer)
        self.rbc = self.bank("RBC-CAD", "CAD")
        self.citi = self.bank("CITI-USD", "USD")
        self.canada = self.donor("CAN", "Canada", "state_party")
        self.usa = self.donor("USA", "United States", "state_party")
        self.iadb = self.donor("IADB", "Inter-American Development Bank", "organisation")
        self.acme = self.donor("ACME", "ACME Inc.", "private_sector")
        self.unodc = add_payee(code="UNODC", name="UNODC", by=self.officer)
        self.cyb = self.project("CYB-01", [15, 16], ["GTM"])
        self.bor = self.project("BOR-01", [11, 22], ["HND", "SLV"])

    def bank(self, code: str, currency: str) -> BankAccount:
        return add_bank_account(code=code, name=code.title(), currency=currency, by=self.officer)

    def donor(self, code: str, name: str, donor_class: str) -> Donor:
        return add_donor(code=code, name=name, donor_class=donor_class, by=self.officer)

    def project(self, code: str, recommendations: list[int], countries: list[str]) -> Project:
        facts = ProjectFacts(code.title(), recommendations, countries, on("01-01"))
        return add_project(code=code, facts=facts, by=self.officer)

    def receive(self, agreement: Agreement, facts: Facts) -> None:
        record_receipt(agreement=agreement, facts=facts, by=self.officer, accept_excess=True)

    def pay(self, payee: str, bank: BankAccount, day: str, *lines: Line) -> Disbursement:
        prepared = prepare_disbursement(payee=payee, bank_account=bank, paid_on=on(day), lines=lines, by=self.officer)
        approve_disbursement(prepared, by=self.approver)
        return prepared

    def event_1(self) -> None:
        self.pledge = announce_pledge(
            donor=self.canada, announced_on=on("01-05"), amount=cad("100000"), by=self.officer
        )

    def event_2(self) -> None:
        self.canadian = sign_agreement(
            donor=self.canada,
            signed_on=on("01-15"),
            amount=cad("100000"),
            instalments=[Due(on("02-10"), cad("60000")), Due(on("07-01"), cad("40000"))],
            pledge=self.pledge,
            earmark=Earmark(),
            by=self.officer,
        )

    def event_3(self) -> None:
        self.american = sign_agreement(
            donor=self.usa,
            signed_on=on("01-20"),
            amount=usd("60000"),
            instalments=[Due(on("02-12"), usd("50000")), Due(on("08-01"), usd("10000"))],
            earmark=Earmark(),
            by=self.officer,
        )

    def event_4(self) -> None:
        self.conditional = sign_agreement(
            donor=self.iadb,
            signed_on=on("01-25"),
            amount=eur("20000"),
            instalments=[Due(on("03-10"), eur("20000"))],
            recognition="as_conditions_met",
            earmark=Earmark(),
            by=self.officer,
        )

    def event_5(self) -> None:
        self.receive(self.canadian, Facts(self.rbc, on("02-10"), cad("59985"), "B5", charges=cad("15")))

    def event_6(self) -> None:
        self.receive(self.american, Facts(self.citi, on("02-12"), usd("30000"), "B6"))

    def event_7(self) -> None:
        facts = Facts(self.citi, on("02-20"), usd("5000"), "GIFT")
        record_gift(donor=self.acme, facts=facts, by=self.officer)

    def event_8(self) -> None:
        self.deposit = record_deposit(facts=Facts(self.citi, on("02-25"), usd("20000"), "B8"), by=self.officer)
        assert self.deposit.number == "RCT-2026-0004"

    def event_9(self) -> None:
        first = self.american.instalments.get(position=1)
        part = Part(self.usa, usd("20000"), first)
        identify_deposit(self.deposit, on=on("03-03"), parts=[part], by=self.officer)

    def event_10(self) -> None:
        facts = Facts(self.citi, on("03-10"), usd("21500"), "B10")
        lines = {"AGR-2026-0003/1": eur("20000")}
        record_receipt(agreement=self.conditional, facts=facts, lines=lines, by=self.officer)

    def event_11(self) -> None:
        lines = {"AGR-2026-0001": usd("30000"), "AGR-2026-0002": usd("20000")}
        allocate(project=self.cyb, decided_on=on("03-15"), lines=lines, by=self.officer)
        lines = {"AGR-2026-0003": usd("21500"), "POOL": usd("4000")}
        allocate(project=self.bor, decided_on=on("03-15"), lines=lines, by=self.officer)

    def event_12(self) -> None:
        self.contract = record_obligation(
            project=self.cyb,
            payee="SecureTrain SA",
            purpose="Training of 40 analysts",
            category="Contractual",
            let_on=on("03-20"),
            ends_on=on("09-30"),
            lines={"AGR-2026-0001": usd("12000")},
            by=self.officer,
        )

    def event_13(self) -> None:
        line = Line("AGR-2026-0001", self.cyb, "Contractual", cad("10000"), self.contract)
        self.pay("SecureTrain SA", self.rbc, "04-10", line)

    def event_14(self) -> None:
        travel = Line("AGR-2026-0002", self.cyb, "Travel", usd("1200"))
        transfer = Line("POOL", self.bor, "Transfers", usd("800"))
        self.pay("Various travellers", self.citi, "04-15", travel, transfer)

    def event_15(self) -> None:
        terms = Terms(on("01-20"), Decimal(12), "expenditure")
        for fund in ("AGR-2026-0001", "AGR-2026-0002"):
            set_recovery_terms(fund=fund, terms=terms, by=self.officer)
        assert str(run_recovery(month="2026-04", by=self.officer)) == "ICR-2026-04"

    def event_16(self) -> None:
        line = AdvancedLine("AGR-2026-0003", self.bor, usd("10000"))
        self.advance = prepare_advance(
            partner=self.unodc, bank_account=self.citi, paid_on=on("05-04"), lines=[line], by=self.officer
        )
        approve_advance(self.advance, by=self.approver)
        assert self.advance.number == "ADV-2026-0001"

    def event_17(self) -> None:
        line = self.advance.lines.get()
        facts: dict[str, Any] = {"reported_on": on("06-15"), "certified_by": "Its chief of finance"}
        spent = [Spent(line, "Transfers", usd("9200"))]
        report = record_report(self.advance, lines=spent, by=self.officer, **facts)
        assert report.number == "ADV-2026-0001/R1"
        review_report(report, verdicts=[Verdict(usd("9200"))], by=self.approver)

    def event_18(self) -> None:
        back = Back(self.citi, on("06-20"), "B18")
        record_return(self.advance, back=back, lines={"ADV-2026-0001/1": usd("800")}, by=self.officer)

    def event_19(self) -> None:
        found = record_interest(bank_account=self.citi, month="2026-06", amount=usd("100"), by=self.officer)
        assert str(found) == "INT-2026-06"

    def event_20(self) -> None:
        assert str(run_revaluation(month="2026-06", by=self.officer)) == "REV-2026-06"

    def event_21(self) -> None:
        self.receive(self.canadian, Facts(self.rbc, on("07-06"), cad("40500"), "B21"))

    def event_22(self) -> None:
        terms = [Term(on("08-01"), usd("6000"), "AGR-2026-0002/2")]
        amend_agreement(self.american, amended_on=on("08-03"), terms=terms, note="4,000 less", by=self.officer)
        lines = {"AGR-2026-0002/2": usd("6000")}
        grounds = "the budget line was cut"
        lost = prepare_write_off(self.american, dated_on=on("08-31"), grounds=grounds, lines=lines, by=self.officer)
        assert approve_write_off(lost, by=self.approver)
        assert lost.number == "WOF-2026-0001"

    def event_23(self) -> None:
        line = Line("AGR-2026-0002", self.cyb, "Personnel", usd("450"))
        paid = self.pay("Various travellers", self.citi, "09-01", line)
        reason = "paid twice by the bank, returned"
        reverse(paid, on=on("09-02"), reason=reason, by=self.officer)

    def event_24(self) -> None:
        gift = Gift(self.acme, self.bor, on("09-10"), usd("2500"), "Twenty laptops", "The maker's price list")
        record_in_kind(gift=gift, by=self.officer)

    def event_25(self) -> None:
        cancel_obligation(self.contract, on=on("10-15"), reason="the training is over", by=self.officer)
        lines = {"AGR-2026-0001": usd("21600"), "AGR-2026-0002": usd("18656")}
        returned = return_allocation(project=self.cyb, decided_on=on("10-15"), lines=lines, by=self.officer)
        assert returned.number == "ALC-2026-0003"
        refund = prepare_refund(
            self.canadian,
            amount=usd("1000"),
            dated_on=on("10-20"),
            word=Word("Note 77", on("10-18")),
            grounds="the project is over",
            by=self.officer,
        )
        assert approve_refund(refund, by=self.approver)
        assert refund.number == "RFD-2026-0001"


def load_events() -> dict[int, list[Transaction]]:
    """The transactions of the file under the number of their event."""
    numbers = {}
    event = 0
    for line_number, line in enumerate(PATH.read_text().splitlines(), 1):
        if heading := re.match(r"; --- (\d+) ", line):
            event = int(heading[1])
        numbers[line_number] = event
    found: dict[int, list[Transaction]] = {}
    for transaction in load_transactions():
        found.setdefault(numbers[transaction.meta["lineno"]], []).append(transaction)
    return found


def replay() -> dict[int, list[Draft]]:
    """Every event in the file's order, through its operation.

    Returns the entries that each event posted.
    """
    year = Year()
    posted: dict[int, list[Draft]] = {}
    for number in load_events():
        before = entries().count()
        getattr(year, f"event_{number}")()
        posted[number] = [get_draft(entry) for entry in entries()[before:]]
    return posted


def sort_legs(drafts: Iterable[Draft]) -> Legs:
    """What of the legs decides a balance, in a fixed order."""
    return sorted(
        (leg.account, leg.amount, leg.currency, leg.functional, leg.fund) for draft in drafts for leg in draft.legs
    )


def find_places(drafts: Iterable[Draft]) -> set[tuple[date | str, str]]:
    """The links with the day of their entry, and the projects and instalments that postings name."""
    drafts = list(drafts)
    links = {(draft.on, link) for draft in drafts for link in draft.links}
    legs = [leg for draft in drafts for leg in draft.legs]
    return links | {(leg.account, name) for leg in legs for name in (leg.project, leg.instalment) if name}


def our_balances() -> Balances:
    found = totals(Scope(), by=("account", "fund", "currency"))
    return {
        (total.account, total.fund, total.currency): (total.amount, total.functional)
        for total in found
        if total.amount or total.functional
    }


def sum_items(day: date) -> Iterator[Item]:
    """What is held in other currencies, out of every posting up to and with the day."""
    found = postings().filter(account__name__regex="^(Assets|Liabilities)", dated_on__lte=day).exclude(currency="USD")
    columns = ("account__name", "fund", "currency", "instalment")
    by_item = ("Assets:Receivable:", "Liabilities:Unapplied:", "Assets:Advances:", "Liabilities:Refundable:")
    sums: defaultdict[tuple[str, str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for account, fund, currency, instalment, *amounts in found.values_list(*columns, "amount", "functional"):
        cell = sums[account, fund, currency, instalment if account.startswith(by_item) else ""]
        cell[:] = [before + amount for before, amount in zip(cell, amounts, strict=True)]
    for (account, fund, currency, instalment), (amount, functional) in sums.items():
        if amount:
            yield Item(account, fund, Amount(amount, currency), functional, instalment)


def sorted_items(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item.account, item.fund, item.instalment, item.amount.currency))


def test_each_event_posts_the_files_own_legs_on_its_day_with_its_links() -> None:
    events = load_events()
    for number, drafts in replay().items():
        theirs = [to_draft(transaction) for transaction in events[number]]
        assert sort_legs(drafts) == sort_legs(theirs), f"event {number}"
        assert find_places(theirs) <= find_places(drafts), f"event {number}"


def test_the_replayed_year_has_the_files_trial_balance_and_each_document_its_audit_record() -> None:
    replay()
    assert our_balances() == add_up(load_transactions())
    assert check() == []
    for month in range(1, 13):
        day = Period(2026, month).ends_on
        assert sorted_items(money_items(until=day)) == sorted_items(sum_items(day))
    funds = totals(Scope(), by=("fund",))
    assert {total.fund for total in funds} == {"GENERAL", "POOL", "AGR-2026-0001", "AGR-2026-0002", "AGR-2026-0003"}
    assert {total.functional for total in funds} == {0}


def test_every_event_of_the_file_is_an_operation() -> None:
    covered = {int(name.removeprefix("event_")) for name in vars(Year) if name.startswith("event_")}
    assert covered == set(load_events()) == set(range(1, 26))
