"""Gifts with their documents, numbers and audit records, so many that one by one would take an hour.

The rows are those that `record_gift` writes, in bulk; the entries go through the full path.
"""

from datetime import date, timedelta
from itertools import islice

from django.contrib.auth.models import User

from fund import policy, policy_receipts
from fund.models import AuditRecord, BankAccount, Donor, DonorClass, NumberSeries, Receipt
from fund.money import to_money
from fund.operations.acts import open_accounts
from fund.operations.changes import find_changes, write_fields
from fund.operations.donors import add_donor
from fund.operations.people import add_person
from fund.operations.treasury import add_bank_account, open_year
from fund.policy import Carried, Party
from fund.policy_receipts import Arrival
from ledger.entries import Draft
from ledger.money import Amount
from ledger.operations import post_entries, writing

FIRST_DAY, DAYS = date(2016, 1, 1), 3_653
BATCH = 2_000


# Who gives nothing before a benchmark has it give: its statement is that of a donor with a receipt or two.
LATECOMER = "LATE"


def fill(count: int) -> None:
    """So many gifts over ten years, of twelve donors in turn, and a donor who gave nothing yet."""
    by, donors, bank = _set_up()
    gifts = ((place, donors[place % len(donors)]) for place in range(count))
    numbers: dict[int, int] = {}
    while batch := list(islice(gifts, BATCH)):
        with writing():
            _record([(_make(place, count, donor, bank, by, numbers), donor) for place, donor in batch], by)
    NumberSeries.objects.bulk_create(
        NumberSeries(prefix=Receipt.PREFIX, year=year, last=last) for year, last in numbers.items()
    )


def _set_up() -> tuple[User, list[Donor], BankAccount]:
    by, _ = add_person("benchmark", role="Finance officer")
    for year in range(FIRST_DAY.year, FIRST_DAY.year + 11):
        open_year(year, by=by)
    donors = [
        add_donor(code=f"D{number:02d}", name=f"Donor {number}", donor_class=DonorClass.PRIVATE_SECTOR, by=by)
        for number in range(12)
    ]
    add_donor(code=LATECOMER, name="Latecomer", donor_class=DonorClass.PRIVATE_SECTOR, by=by)
    return by, donors, add_bank_account(code="CITI-USD", name="Citibank", currency="USD", by=by)


def _make(place: int, count: int, donor: Donor, bank: BankAccount, by: User, numbers: dict[int, int]) -> Receipt:
    on = FIRST_DAY + timedelta(days=place * DAYS // count)
    numbers[on.year] = numbers.get(on.year, 0) + 1
    receipt = Receipt(donor=donor, bank_account=bank, created_by=by, received_on=on, reference=f"BANK{place}")
    receipt.number = f"{Receipt.PREFIX}-{on.year}-{numbers[on.year]:04d}"
    receipt.amount = to_money(Amount(100_00 + place, "USD"))
    receipt.charges = receipt.excess = to_money(Amount(0, "USD"))
    return receipt


def _record(made: list[tuple[Receipt, Donor]], by: User) -> None:
    Receipt.objects.bulk_create(receipt for receipt, _ in made)
    drafts = [_to_draft(receipt, donor) for receipt, donor in made]
    open_accounts(drafts)
    post_entries(drafts, by=by.get_username())
    AuditRecord.objects.bulk_create(
        AuditRecord(user=by, act="record receipt", subject=receipt.number, after=write_fields(find_changes(receipt)[1]))
        for receipt, _ in made
    )


def _to_draft(receipt: Receipt, donor: Donor) -> Draft:
    amount = Amount(int(receipt.amount.amount * 100), "USD")
    arrival = Arrival(
        number=receipt.number,
        donor=Party(donor.code, donor.name),
        on=receipt.received_on,
        fund=policy.POOL,
        bank=receipt.bank_account.account,
        arrived=Carried(amount, amount.minor),
        charges=0,
        settled=(),
    )
    return policy_receipts.receive_gift(arrival, currency="USD")
