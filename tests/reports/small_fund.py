"""A fund that has something of everything, made through the fund's own operations."""

from datetime import date
from decimal import Decimal

from django.contrib.auth.models import User

from fund.models import Agreement, BankAccount, Disbursement, Donor, Project, Receipt, Recognition
from fund.operations.advances import Line as AdvancedLine
from fund.operations.advances import approve_advance, prepare_advance
from fund.operations.agreements import Due, Earmark
from fund.operations.applications import Word, apply_unapplied
from fund.operations.deposits import Part, identify_deposit, record_deposit, record_parts
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.donors import add_donor
from fund.operations.obligations import record_obligation
from fund.operations.payees import add_payee
from fund.operations.people import add_person
from fund.operations.pledges import announce_pledge, withdraw_pledge
from fund.operations.projects import ProjectFacts, add_project
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.reversals import reverse_receipt
from fund.operations.treasury import add_bank_account, add_rate, open_year
from ledger.money import Amount, parse_amount
from tests.deeds import allocate, cancel_agreement, return_deposit, reverse, sign_agreement

RATES = [
    ("CAD", "2025-12-01", "0.70"),
    ("CAD", "2026-01-15", "0.73"),
    ("CAD", "2026-02-15", "0.75"),
    ("JPY", "2026-02-01", "0.0067"),
    ("KWD", "2026-02-01", "3.25"),
]
# What a spreadsheet would calculate.
FORMULA = "=1+1"


def on(text: str) -> date:
    return date.fromisoformat(text)


def money(text: str) -> Amount:
    currency, _, amount = text.partition(" ")
    return parse_amount(amount, currency)


class SmallFund:
    """Two years; donors CAN (earmarked, CAD), USA (pool), ACME (gift, JPY), SUM (whose name is a formula, KWD).

    POOL: USA paid 700.00 and ACME 67.00; 100.01 of it is spent on BOR-01, of which 0.01 on supplies.
    """

    def __init__(self) -> None:
        self.officer: User = add_person("officer", role="Finance officer")[0]
        self.approver: User = add_person("approver", role="Approver")[0]
        self.auditor: User = add_person("auditor", role="Auditor")[0]
        for year in (2025, 2026):
            open_year(year, by=self.officer)
        for currency, day, rate in RATES:
            add_rate(currency=currency, effective_on=on(day), rate=Decimal(rate), by=self.officer, confirmed=True)
        self.citi, self.rbc = self.bank("CITI-USD", "USD"), self.bank("RBC-CAD", "CAD")
        self.canada = self.donor("CAN", "Canada", "state_party")
        self.usa = self.donor("USA", "United States", "state_party")
        self.acme = self.donor("ACME", "ACME Inc.", "private_sector")
        self.formula = self.donor("SUM", FORMULA, "civil_society")
        self.cyb, self.bor = self.project("CYB-01", "Cyber security"), self.project("BOR-01", "Borders")
        self.contributions()
        self.programme()

    def contributions(self) -> None:
        """The money in, and what was taken back of it."""
        self.pledge = announce_pledge(
            donor=self.canada, announced_on=on("2025-12-05"), amount=money("CAD 5000"), by=self.officer
        )
        dues = [("2026-01-20", "CAD 600"), ("2026-03-01", "CAD 400")]
        self.canadian = self.sign(self.canada, "2025-12-10", dues, earmarked=True, pledge=True)
        self.receive(self.canadian, self.rbc, "2026-01-20", "CAD 585", charges="CAD 15")
        self.receive(self.canadian, self.rbc, "2026-03-02", "CAD 500")
        self.american = self.sign(self.usa, "2026-01-10", [("2026-02-01", "USD 1000"), ("2026-09-01", "USD 500")])
        self.receive(self.american, self.citi, "2026-02-10", "USD 700")
        taken_back = self.receive(self.american, self.citi, "2026-02-11", "USD 300")
        reverse_receipt(taken_back, on=on("2026-02-20"), reason="the bank took it back", by=self.officer)
        cancelled = self.sign(self.usa, "2026-01-11", [("2026-06-01", "USD 99")])
        cancel_agreement(cancelled, on=on("2026-02-01"), reason="signed twice", by=self.officer)
        self.gift = self.give(self.acme, self.bank("MUFG-JPY", "JPY"), "2026-02-12", "JPY 10000")
        dues = [("2026-04-01", "KWD 1.234"), ("2026-05-01", "KWD 10")]
        self.kuwaiti = self.sign(self.formula, "2026-02-03", dues, recognition=Recognition.ON_RECEIPT, earmarked=True)
        self.receive(self.kuwaiti, self.citi, "2026-03-03", "USD 4.01", lines={"AGR-2026-0003/1": money("KWD 1.234")})

    def deposits(self) -> None:
        """Deposits that wait, are identified, returned and in parts, in two currencies; what was beyond is applied."""
        found = [
            record_deposit(facts=Facts(self.rbc, on(day), money(amount), f"D-{day}"), by=self.officer)
            for day, amount in (("2026-01-25", "CAD 80"), ("2026-02-03", "CAD 90"), ("2026-02-17", "CAD 110"))
        ]
        second = self.canadian.instalments.get(position=2)
        gift = Part(self.acme, money("CAD 80"))
        identify_deposit(found[0], on=on("2026-02-16"), parts=[gift], by=self.officer)
        return_deposit(found[1], on=on("2026-02-18"), reason="asked for", by=self.officer)
        parts = [Part(self.usa, money("USD 50"), self.american.instalments.get(position=2))]
        parts += [Part(self.acme, money("USD 5"))]
        record_parts(facts=Facts(self.citi, on("2026-02-14"), money("USD 55"), "D-P"), parts=parts, by=self.officer)
        word = Word("L-1", on("2026-03-03"))
        apply_unapplied(
            source=second,
            amount=money("CAD 40"),
            on=on("2026-03-04"),
            word=word,
            bank_account=self.rbc,
            by=self.officer,
        )

    def programme(self) -> None:
        """The money out."""
        self.allocate(self.cyb, "2026-03-05", {"AGR-2025-0001": "USD 400"})
        self.allocate(self.bor, "2026-03-05", {"POOL": "USD 300", "AGR-2026-0003": "USD 4.01"})
        self.pay("SecureTrain SA", self.rbc, "2026-03-06", ("AGR-2025-0001", self.cyb, "Contractual", "CAD 100"))
        travel = ("POOL", self.bor, "Travel", "USD 100")
        supplies = ("POOL", self.bor, "Supplies", "USD 0.01")
        self.pay("@Various travellers", self.citi, "2026-03-07", travel, supplies)
        paid = self.pay("Bank in error", self.citi, "2026-03-08", ("POOL", self.bor, "Travel", "USD 50"))
        reverse(paid, on=on("2026-03-09"), reason="returned", by=self.officer)

    def bank(self, code: str, currency: str) -> BankAccount:
        return add_bank_account(code=code, name=code.title(), currency=currency, by=self.officer)

    def donor(self, code: str, name: str, donor_class: str) -> Donor:
        return add_donor(code=code, name=name, donor_class=donor_class, by=self.officer)

    def project(self, code: str, title: str) -> Project:
        return add_project(code=code, facts=ProjectFacts(title, [15], ["GTM"], on("2026-01-01")), by=self.officer)

    def sign(
        self,
        donor: Donor,
        day: str,
        dues: list[tuple[str, str]],
        *,
        recognition: str = Recognition.ON_SIGNATURE,
        earmarked: bool = False,
        pledge: bool = False,
    ) -> Agreement:
        instalments = [Due(on(due), money(amount)) for due, amount in dues]
        currency = instalments[0].amount.currency
        return sign_agreement(
            donor=donor,
            signed_on=on(day),
            amount=Amount(sum(due.amount.minor for due in instalments), currency),
            instalments=instalments,
            recognition=recognition,
            earmark=Earmark() if earmarked else None,
            pledge=self.pledge if pledge else None,
            by=self.officer,
        )

    def receive(
        self,
        agreement: Agreement,
        bank: BankAccount,
        day: str,
        amount: str,
        *,
        charges: str = "",
        lines: dict[str, Amount] | None = None,
    ) -> Receipt:
        kept = money(charges) if charges else None
        facts = Facts(bank, on(day), money(amount), f"{agreement}{day}", charges=kept)
        return record_receipt(agreement=agreement, facts=facts, lines=lines, accept_excess=True, by=self.officer)

    def give(self, donor: Donor, bank: BankAccount, day: str, amount: str, *, charges: str = "") -> Receipt:
        kept = money(charges) if charges else None
        facts = Facts(bank, on(day), money(amount), f"{donor.code}{day}", charges=kept)
        return record_gift(donor=donor, facts=facts, by=self.officer)

    def withdraw(self, day: str) -> None:
        withdraw_pledge(self.pledge, on=on(day), reason="an election", by=self.officer)

    def allocate(self, project: Project, day: str, lines: dict[str, str]) -> None:
        amounts = {fund: money(amount) for fund, amount in lines.items()}
        allocate(project=project, decided_on=on(day), lines=amounts, by=self.officer)

    def oblige(self, day: str, lines: dict[str, str]) -> None:
        record_obligation(
            project=self.cyb,
            payee="Firm",
            purpose="Courses",
            category="Contractual",
            let_on=on(day),
            ends_on=on("2026-12-31"),
            lines={fund: money(amount) for fund, amount in lines.items()},
            by=self.officer,
        )

    def send(self, day: str, amount: str) -> None:
        """An advance of the pool's to a partner of BOR-01."""
        partner = add_payee(code="UNODC", name="UNODC", by=self.officer)
        lines = [AdvancedLine("POOL", self.bor, money(amount))]
        advance = prepare_advance(
            partner=partner, bank_account=self.citi, paid_on=on(day), lines=lines, by=self.officer
        )
        approve_advance(advance, by=self.approver)

    def pay(self, payee: str, bank: BankAccount, day: str, *lines: tuple[str, Project, str, str]) -> Disbursement:
        charged = [Line(fund, project, category, money(amount)) for fund, project, category, amount in lines]
        prepared = prepare_disbursement(payee=payee, bank_account=bank, paid_on=on(day), lines=charged, by=self.officer)
        approve_disbursement(prepared, by=self.approver)
        return prepared
