"""What happens in the demonstration fund, told over 360 days. Pure."""

from fund.demonstration.giving import AGREEMENTS, GIFTS, PLEDGES, REMINDERS
from fund.demonstration.spending import ADVANCES, ALLOCATIONS, PAYEES, PAYMENTS, PROJECTS
from fund.demonstration.steps import Charged, Entered, MonthEnded, Refunded, Step, WrittenOff

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

RUNS: tuple[Step, ...] = (
    Charged(288, "usa-border", "5"),
    Charged(170, "fra-victims", "4"),
    MonthEnded(1, "USD 1,842.30", "USD 1,250"),
)

STORY: tuple[Step, ...] = (
    *PROJECTS,
    *PLEDGES,
    *AGREEMENTS,
    *GIFTS,
    *ALLOCATIONS,
    *PAYMENTS,
    *PAYEES,
    *ADVANCES,
    *REMINDERS,
    *CORRECTIONS,
    *RUNS,
)
