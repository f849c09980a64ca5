"""A small fund that has a page of every kind, made through the fund's own operations. All of it lies in last year."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.utils import timezone

from fund.models import Agreement, BankAccount, Donor, OpeningMode, Project
from fund.operations.agreements import Due, Earmark, sign_agreement
from fund.operations.allocations import allocate
from fund.operations.amendments import Term, amend_agreement
from fund.operations.applications import Word, apply_unapplied
from fund.operations.attachments import attach, withdraw_attachment
from fund.operations.bank_charges import record_bank_charge
from fund.operations.budgets import Planned, set_budget
from fund.operations.deposits import Part, record_deposit, record_parts, return_deposit
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.donors import add_donor
from fund.operations.in_kind import Gift, record_in_kind
from fund.operations.interest import record_interest
from fund.operations.letters import record_letter
from fund.operations.milestones import accept_milestone, plan_milestone
from fund.operations.obligations import record_obligation
from fund.operations.opened_books import BookFile, open_book
from fund.operations.people import add_person
from fund.operations.pledges import announce_pledge
from fund.operations.projects import ProjectFacts, add_project
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.recoveries import Terms, run_recovery, set_recovery_terms
from fund.operations.revaluations import run_revaluation
from fund.operations.reversals import reverse_receipt
from fund.operations.secretariat import approve_payment, prepare_payment
from fund.operations.transfers import TransferFacts, record_transfer
from fund.operations.treasury import add_bank_account, add_rate, open_year
from fund.policy import CarriedEntry
from ledger.entries import Leg
from ledger.money import Amount, parse_amount

YEAR = timezone.localdate().year - 1


@dataclass(frozen=True)
class People:
    """Who can sign in, with their passwords."""

    officer: User
    approver: User
    auditor: User
    donor: User
    passwords: dict[str, str]


def usd(text: str) -> Amount:
    return parse_amount(text, "USD")


def cad(text: str) -> Amount:
    return parse_amount(text, "CAD")


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
    donor, passwords["claude"] = add_person("claude", donor=canada, name="Claude")
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
    run_everything(earmarked, project, acme, people)
    record_letter(donor=canada, sent_on=day(6, 1), way="mail", language="fr", by=officer)
    take_over(officer)
    put_files(earmarked, officer)
    change(sign(acme, usd("800"), officer, recognition="as_conditions_met", earmark=Earmark(themes=[2])), officer)


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
    """A deposit that waits, one that is returned, one in parts, and what came beyond an agreement, partly applied."""
    record_deposit(facts=Facts(bank, day(3, 5), usd("75.50"), "B-3"), by=by)
    back = record_deposit(facts=Facts(bank, day(3, 6), usd("20"), "B-4"), by=by)
    return_deposit(back, on=day(3, 7), reason="sent to us by mistake", by=by)
    first, last = earmarked.instalments.get(position=2), small.instalments.get(position=2)
    parts = [Part(earmarked.donor, usd("10"), first), Part(small.donor, usd("500"), last)]
    record_parts(facts=Facts(bank, day(3, 8), usd("510"), "B-5"), parts=parts, by=by, accept_excess=True)
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
    record_transfer(facts=TransferFacts(citi, other, day(5, 3), usd("20"), usd("20")), by=officer)
    gift = Gift(donor, project, day(4, 4), usd("2500"), "Twenty laptops", "The maker's price list")
    record_in_kind(gift=gift, by=officer)


def take_over(by: User) -> None:
    """A book of somebody else with twelve entries."""
    file = BookFile("An older book.beancount", "0" * 64, OpeningMode.HISTORY)
    legs = (Leg("Assets:Cash", 500, "USD", 500, "POOL"), Leg("Income:Gifts", -500, "USD", -500, "POOL"))
    entries = [CarriedEntry(line, day(2, line), "Somebody", "A gift", legs) for line in range(1, 13)]
    balances = {(leg.account, leg.fund, leg.currency): 12 * leg.amount for leg in legs}
    open_book(file, entries=entries, currencies={}, balances=balances, by=by, progress=lambda *_: None)
