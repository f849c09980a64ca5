"""A small fund that has a page of every kind, made through the fund's own operations. All of it lies in last year."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.utils import timezone

from fund.models import Agreement, BankAccount, Direction, Donor, OpeningMode, Payee, Project
from fund.operations.advance_reports import Spent, Verdict, record_report, review_report
from fund.operations.advance_returns import Back, record_return
from fund.operations.advances import Line as AdvancedLine
from fund.operations.advances import approve_advance, prepare_advance
from fund.operations.agreements import Due, Earmark, prepare_agreement
from fund.operations.allocations import prepare_allocation
from fund.operations.amendments import Term, prepare_amendment
from fund.operations.applications import Word, apply_unapplied
from fund.operations.approvals import delegate
from fund.operations.attachments import attach, withdraw_attachment
from fund.operations.bank_charges import record_bank_charge
from fund.operations.bank_details import Account, approve_bank_details, prepare_bank_details
from fund.operations.budgets import Planned, set_budget
from fund.operations.cancellations import prepare_cancellation
from fund.operations.decided_reversals import prepare_reversal
from fund.operations.deposit_returns import prepare_deposit_return
from fund.operations.deposits import Part, record_deposit, record_parts
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.donors import add_donor
from fund.operations.in_kind import Gift, record_in_kind
from fund.operations.interest import record_interest
from fund.operations.letters import record_letter
from fund.operations.manual_entries import Line as Posting
from fund.operations.manual_entries import approve_manual_entry, prepare_manual_entry
from fund.operations.milestones import accept_milestone, plan_milestone
from fund.operations.obligations import record_obligation
from fund.operations.opened_books import BookFile, open_book
from fund.operations.payees import add_payee
from fund.operations.people import add_person
from fund.operations.pledges import announce_pledge
from fund.operations.projects import ProjectFacts, add_project
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.reconciliations import BankStatement, Difference, record_reconciliation
from fund.operations.recoveries import Terms, run_recovery, set_recovery_terms
from fund.operations.refunds import approve_refund, prepare_refund
from fund.operations.revaluations import run_revaluation
from fund.operations.reversals import reverse_receipt
from fund.operations.screenings import record_screening
from fund.operations.secretariat import approve_payment, prepare_payment
from fund.operations.transfers import TransferFacts, record_transfer
from fund.operations.treasury import add_bank_account, add_rate, open_year
from fund.operations.write_offs import approve_write_off, prepare_write_off
from fund.policy import CarriedEntry
from fund.queries.reconciliations import book_balance
from ledger.entries import Leg
from ledger.money import Amount
from tests.deeds import allocate, amend_agreement, return_deposit, sign_agreement
from tests.shorthand import cad, usd

YEAR = timezone.localdate().year - 1


@dataclass(frozen=True)
class People:
    """Who can sign in, with their passwords."""

    officer: User
    approver: User
    auditor: User
    donor: User
    passwords: dict[str, str]


def day(month: int, number: int) -> date:
    return date(YEAR, month, number)


def make_people() -> People:
    """An officer, an approver, an auditor and somebody of Canada, which is a donor then."""
    passwords = {}
    users = []
    for name, role in (("olga", "Finance officer"), ("ari", "Approver"), ("ada", "Auditor")):
        user, passwords[name] = add_person(name, role=role, name=name.title())
        users.append(user)
    officer, approver, auditor = users
    canada = add_donor(code="CAN", name="Canada", donor_class="state_party", country="CAN", by=officer)
    donor, passwords["colette"] = add_person("colette", donor=canada, name="Colette")
    return People(officer, approver, auditor, donor, passwords)


def open_books(by: User) -> BankAccount:
    """This year and the last one, a bank account, a rate."""
    open_year(YEAR, by=by)
    open_year(YEAR + 1, by=by)
    add_rate(currency="CAD", effective_on=day(1, 1), rate=Decimal("0.75"), by=by)
    return add_bank_account(code="CITI-USD", name="Citibank New York", currency="USD", by=by)


def fill(people: People) -> None:
    """Documents of every kind and state."""
    officer = people.officer
    bank = open_books(officer)
    canada = Donor.objects.get(code="CAN")
    acme = add_donor(code="ACME", name="ACME Foundation", donor_class="private_sector", by=officer)
    announce_pledge(donor=canada, announced_on=day(1, 5), amount=usd("50000"), by=officer)
    facts = ProjectFacts("Cyber security training", [15, 16], ["GTM"], day(1, 1))
    project = add_project(code="CYB-01", facts=facts, by=officer)
    earmarked = sign(canada, usd("10000"), officer, earmark=Earmark(projects=[project]))
    sign(canada, cad("3000"), officer, recognition="on_receipt")
    small = sign(acme, usd("500"), officer)
    receive(earmarked, bank, usd("5000"), "B-1", officer)
    wrong = Facts(bank, day(3, 2), usd("100"), "B-2")
    reversed_one = record_gift(donor=acme, facts=wrong, by=officer)
    reverse_receipt(reversed_one, on=day(3, 3), reason="the bank took it back", by=officer)
    place(earmarked, small, bank, officer)
    spend(earmarked, project, bank, people)
    advance(earmarked, project, bank, people)
    run_everything(earmarked, project, acme, people)
    correct(earmarked, people)
    record_letter(donor=canada, sent_on=day(6, 1), way="mail", language="fr", by=officer)
    take_over(officer)
    put_files(earmarked, officer)
    change(sign(acme, usd("800"), officer, recognition="as_conditions_met", earmark=Earmark(themes=[2])), officer)
    leave_undecided(earmarked, canada, project, officer)
    today = timezone.localdate()
    delegate(receiver=officer, since=today, until=today, reason="A day off", by=people.approver)


def leave_undecided(agreement: Agreement, donor: Donor, project: Project, by: User) -> None:
    """An agreement, an amendment, a cancellation, a return and a reversal that wait for the approver."""
    dues = [Due(day(11, 1), usd("900"))]
    prepare_agreement(donor=donor, signed_on=day(8, 1), amount=usd("900"), instalments=dues, earmark=Earmark(), by=by)
    terms = [Term(date(YEAR + 2, 2, 1), usd("4500"), f"{agreement.number}/2"), Term(day(12, 1), usd("250"))]
    prepare_amendment(agreement, amended_on=day(8, 2), note="Less, and a part of it earlier", terms=terms, by=by)
    prepare_cancellation(sign(donor, usd("70"), by), on=day(8, 2), reason="Signed twice", by=by)
    lines, direction = {agreement.number: usd("50")}, Direction.RETURN
    prepare_allocation(project=project, decided_on=day(8, 3), lines=lines, direction=direction, by=by)
    given = allocate(project=project, decided_on=day(8, 4), lines={agreement.number: usd("1")}, by=by)
    prepare_reversal(given, on=day(8, 5), reason="Given twice", by=by)


def sign(donor: Donor, amount: Amount, by: User, **options: object) -> Agreement:
    """An agreement with two instalments, the first due last year and the second a year later."""
    half = Amount(amount.minor // 2, amount.currency)
    return sign_agreement(
        donor=donor,
        signed_on=day(1, 10),
        amount=amount,
        instalments=[Due(day(2, 1), half), Due(date(YEAR + 2, 2, 1), half)],
        by=by,
        **options,  # type: ignore[arg-type]  # each test names what it needs
    )


def receive(agreement: Agreement, bank: BankAccount, amount: Amount, reference: str, by: User) -> None:
    """A receipt of an agreement, on 1 March."""
    facts = Facts(bank, day(3, 1), amount, reference)
    record_receipt(agreement=agreement, facts=facts, by=by)


def place(earmarked: Agreement, small: Agreement, bank: BankAccount, by: User) -> None:
    """Deposits that wait, are returned, in parts and to be returned; what came beyond an agreement, partly applied."""
    record_deposit(facts=Facts(bank, day(3, 5), usd("75.50"), "B-3"), by=by)
    back = record_deposit(facts=Facts(bank, day(3, 6), usd("20"), "B-4"), by=by)
    return_deposit(back, on=day(3, 7), reason="sent to us by mistake", by=by)
    first, last = earmarked.instalments.get(position=2), small.instalments.get(position=2)
    parts = [Part(earmarked.donor, usd("10"), first), Part(small.donor, usd("500"), last)]
    record_parts(facts=Facts(bank, day(3, 8), usd("510"), "B-5"), parts=parts, by=by, accept_excess=True)
    going = record_deposit(facts=Facts(bank, day(3, 8), usd("30"), "B-6"), by=by)
    prepare_deposit_return(going, on=day(3, 9), reason="meant for another fund", by=by)
    word = Word("Letter 7", day(3, 9))
    to = small.instalments.get(position=1)
    apply_unapplied(source=last, amount=usd("50"), on=day(3, 10), word=word, instalment=to, by=by)


def put_files(agreement: Agreement, by: User) -> None:
    """Two files of an agreement, the second withdrawn."""
    for text, name in (("The signed agreement", "agreement.pdf"), ("A letter", "letter of another agreement.pdf")):
        file = ContentFile(b"%PDF-1.7 " + name.encode(), name=name)
        attachment = attach(agreement, file=file, description=text, by=by)
    withdraw_attachment(attachment, reason="it belongs to another agreement", by=by)


def spend(agreement: Agreement, project: Project, bank: BankAccount, people: People) -> None:
    """An allocation, a payment that is approved and one that waits, a contract, a budget."""
    lines = {agreement.number: usd("4000")}
    allocate(project=project, decided_on=day(4, 1), lines=lines, by=people.officer)
    for payee, amount in (("Instructors Ltd", "700"), ("Travel agency", "50.25")):
        disbursement = prepare_disbursement(
            payee=payee,
            bank_account=bank,
            paid_on=day(5, 1),
            lines=[Line(agreement.number, project, "Travel", usd(amount))],
            by=people.officer,
        )
        if payee == "Instructors Ltd":
            approve_disbursement(disbursement, by=people.approver)
    know(Payee.objects.get(name="Instructors Ltd"), people)
    pay_abroad(Payee.objects.get(name="Travel agency"), people)
    record_obligation(
        project=project,
        payee="Instructors Ltd",
        purpose="Twelve courses for analysts",
        category="Contractual",
        let_on=day(5, 2),
        ends_on=day(12, 31),
        lines={agreement.number: usd("1500")},
        by=people.officer,
    )
    planned = [
        Planned("Analysts are trained", YEAR, "Contractual", usd("2500")),
        Planned("Analysts are trained", YEAR, "Travel", usd("1200")),
        Planned("Support", YEAR, "IndirectCost", usd("300")),
    ]
    set_budget(project, decided_on=day(4, 1), lines=planned, by=people.officer)


def know(payee: Payee, people: People) -> None:
    """Bank details that hold, a change of them that waits, and a match that is not cleared."""
    for account in ("GB82 WEST 1234 5698 7654 32", "DE89 3704 0044 0532 0130 00"):
        facts = Account(payee.name, account, "Second bank", "GBR", "USD")
        details = prepare_bank_details(payee, facts=facts, valid_from=day(1, 1), by=people.officer)
        if account.startswith("GB"):
            approve_bank_details(details, by=people.approver)
    match = {"list_name": "A list", "result": "possible", "note": "The same name", "screened_on": day(6, 1)}
    record_screening(payee, **match, by=people.officer)  # type: ignore[arg-type]


def pay_abroad(payee: Payee, people: People) -> None:
    """Bank details that hold, with an account number that is among the longest."""
    facts = Account(payee.name, "FR14 2004 1010 0505 0001 3M02 606", "Banque de l'Aube", "FRA", "EUR")
    details = prepare_bank_details(payee, facts=facts, valid_from=day(1, 1), by=people.officer)
    approve_bank_details(details, by=people.approver)


def advance(agreement: Agreement, project: Project, bank: BankAccount, people: People) -> None:
    """An advance with a report that is accepted in part, one that waits and a return; and an advance that waits."""
    partner = add_payee(code="UNODC", name="UN Office on Drugs and Crime", by=people.officer)
    facts: dict[str, Any] = {"partner": partner, "bank_account": bank, "paid_on": day(5, 4), "by": people.officer}
    first, _ = (
        prepare_advance(lines=[AdvancedLine(agreement.number, project, usd(amount))], **facts)
        for amount in ("600", "50")
    )
    approve_advance(first, by=people.approver)
    for amount in ("300", "120.50"):
        spent = [Spent(first.lines.get(), "Travel", usd(amount))]
        report = record_report(first, reported_on=day(7, 1), certified_by="Head", lines=spent, by=people.officer)
        if amount == "300":
            verdicts = [Verdict(usd("250"), "An invoice is missing")]
            review_report(report, verdicts=verdicts, by=people.approver)
    back = Back(bank, day(8, 1), "BACK-1")
    record_return(first, back=back, lines={f"{first}/1": usd("10")}, by=people.officer)


def change(agreement: Agreement, by: User) -> None:
    """An amendment, a milestone that is accepted and one that is planned."""
    terms = [Term(date(YEAR + 2, 3, 1), usd("500"), f"{agreement.number}/2")]
    amend_agreement(agreement, amended_on=day(6, 1), note="100 more", terms=terms, ends_on=day(12, 31), by=by)
    for title in ("The course is held", "The report is in"):
        milestone = plan_milestone(agreement, title=title, due_on=day(7, 1), amount=usd("200"), by=by)
        if title.startswith("The course"):
            accept_milestone(milestone, on=day(7, 2), note="The list of who came", by=by)


def run_everything(agreement: Agreement, project: Project, donor: Donor, people: People) -> None:
    """A run and a bank event of each kind, one payment to the Secretariat that waits and one that is paid."""
    officer, month = people.officer, f"{YEAR}-03"
    citi = BankAccount.objects.get(code="CITI-USD")
    other = add_bank_account(code="B-2", name="Second bank", currency="USD", by=officer)
    cad_bank = add_bank_account(code="B-CAD", name="Royal Bank", currency="CAD", by=officer)
    record_gift(donor=donor, facts=Facts(cad_bank, day(1, 20), cad("100"), "B-9"), by=officer)
    add_rate(currency="CAD", effective_on=day(3, 31), rate=Decimal("0.76"), by=officer)
    run_revaluation(month=month, by=officer)
    record_interest(bank_account=citi, month=month, amount=usd("10"), by=officer)
    set_recovery_terms(fund=agreement.number, terms=Terms(day(1, 10), Decimal(12), "expenditure"), by=officer)
    run_recovery(month=f"{YEAR}-05", by=officer)
    for amount in ("4", "80"):
        lines = {agreement.number: usd(amount)}
        payment = prepare_payment(bank_account=citi, paid_on=day(6, 1), lines=lines, by=officer)
    approve_payment(payment, by=people.approver)
    record_bank_charge(bank_account=citi, charged_on=day(5, 2), amount=usd("3"), description="Fees", by=officer)
    statement = BankStatement(citi, day(3, 31), "3", usd("4000"))
    difference = Amount(book_balance(citi, day(3, 31)).minor - 4000_00, "USD")
    record_reconciliation(statement=statement, lines=[Difference("A deposit in transit", difference)], by=officer)
    record_transfer(facts=TransferFacts(citi, other, day(5, 3), usd("20"), usd("20")), by=officer)
    gift = Gift(donor, project, day(4, 4), usd("2500"), "Twenty laptops", "The maker's price list")
    record_in_kind(gift=gift, by=officer)


def correct(agreement: Agreement, people: People) -> None:
    """Of write-offs, refunds and manual entries one each that is approved and one that waits."""
    officer, day_of_all = people.officer, day(7, 1)
    why: dict[str, Any] = {"dated_on": day_of_all, "grounds": "The project ends early", "by": officer}
    legs = [("Expenses:BankCharges", 500), ("Assets:Bank:CITI-USD", -500)]
    postings = [Posting(name, agreement.number, Amount(minor, "USD"), minor) for name, minor in legs]
    for number in range(2):
        lost = prepare_write_off(agreement, lines={f"{agreement.number}/2": usd("100")}, **why)
        refund = prepare_refund(agreement, amount=usd("20"), word=Word("Letter 9", day(6, 30)), **why)
        entry = prepare_manual_entry(lines=postings, **why)
        if number == 0:
            approve_write_off(lost, by=people.approver)
            approve_refund(refund, by=people.approver)
            approve_manual_entry(entry, by=people.approver)


def take_over(by: User) -> None:
    """A book of somebody else with twelve entries."""
    file = BookFile("An older book.beancount", "0" * 64, OpeningMode.HISTORY)
    legs = (Leg("Assets:Cash", 500, "USD", 500, "POOL"), Leg("Income:Gifts", -500, "USD", -500, "POOL"))
    entries = [CarriedEntry(line, day(2, line), "Somebody", "A gift", legs) for line in range(1, 13)]
    balances = {(leg.account, leg.fund, leg.currency): 12 * leg.amount for leg in legs}
    open_book(file, entries=entries, currencies={}, balances=balances, by=by, progress=lambda *_: None)
