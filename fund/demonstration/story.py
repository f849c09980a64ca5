"""What happens in the demonstration fund, told over 360 days. Pure."""

from fund.demonstration.giving import AGREEMENTS, GIFTS, PLEDGES, REMINDERS
from fund.demonstration.spending import ADVANCES, ALLOCATIONS, BUDGETS, OBLIGATIONS, PAYEES, PAYMENTS, PROJECTS
from fund.demonstration.steps import (
    Attached,
    BankCharged,
    Charged,
    Closed,
    Delegated,
    Entered,
    MonthEnded,
    Refunded,
    SecretariatPaid,
    Step,
    Transferred,
    WrittenOff,
)

LENGTH = 360

CORRECTIONS: tuple[Step, ...] = (
    Refunded(46, "chl", "USD 1,500", "Note 2207", "A part of another payment came with the contribution", 43),
    WrittenOff(12, "carib", "USD 5,000", "The forum's council cut its last tranche"),
    Entered(
        33,
        "POOL",
        (("Expenses:BankCharges", "USD 18.50"), ("Assets:Bank:HARBOUR-USD", "USD -18.50")),
        "A cheque book, which the bank charged on no statement",
    ),
)

BANKS: tuple[Step, ...] = (
    Transferred(105, "POOL", "EUR 80,000", "EUR 25", "USD 88,000", "The pool pays in US dollars"),
    BankCharged(55, "USD 120", "Account fees of the quarter"),
    BankCharged(26, "EUR 18.40", "Transfers abroad"),
)

PAPERS: tuple[Step, ...] = (
    Attached(
        330,
        "can-cyber",
        "The signed agreement",
        "Contribution agreement",
        "Canada contributes CAD 800,000 to cyber incident response teams in Central America, in two instalments.\n\n"
        "An invented paper of the demonstration.",
    ),
    Attached(
        21,
        "d-29",
        "The supplier's invoice",
        "Invoice 4471",
        "Scanners for the first of two border posts: USD 90,000.\n\nAn invented paper of the demonstration.",
    ),
    Delegated(3, -11, "Annual leave"),
)

RUNS: tuple[Step, ...] = (
    Closed(290),
    Charged(288, "usa-border", "5"),
    Charged(170, "fra-victims", "4"),
    MonthEnded(1, "USD 1,842.30", "USD 1,250"),
    SecretariatPaid(1, "usa-border", "USD 20,000", "A first part of what is charged"),
)

STORY: tuple[Step, ...] = (
    *PROJECTS,
    *PLEDGES,
    *AGREEMENTS,
    *GIFTS,
    *BUDGETS,
    *ALLOCATIONS,
    *OBLIGATIONS,
    *PAYMENTS,
    *PAYEES,
    *ADVANCES,
    *REMINDERS,
    *CORRECTIONS,
    *BANKS,
    *RUNS,
    *PAPERS,
)
