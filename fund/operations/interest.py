"""Interest of bank accounts, month by month: shared among sub-funds by their average daily balances."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from fund import policy_treasury
from fund.errors import RunTwice, ValueInvalid
from fund.models import BankAccount, Interest, InterestLine, NoInterest
from fund.money import to_money
from fund.operations import acts
from fund.operations.months import get_month, take_run_number
from fund.policy import Carried, CashOut
from fund.queries.daily_balances import balance_days
from fund.queries.rates import carry
from ledger.money import Amount, split
from ledger.operations import writing
from ledger.periods import Period
from ledger.queries import functional_currency


@dataclass(frozen=True, slots=True)
class InterestShare:
    """A sub-fund's share of interest, in the account's currency. `balance_days` divided by `days` is its average."""

    fund: str
    balance_days: int
    days: int
    amount: int

    @property
    def average(self) -> int:
        """The average daily balance, rounded down to the minor unit, to be shown."""
        return self.balance_days // self.days


def share_interest(account: BankAccount, amount: Amount, month: Period) -> list[InterestShare]:
    """The shares of the sub-funds, by largest remainder. Raises ValueInvalid where none had any money there."""
    acts.check_positive(amount)
    if amount.currency != account.currency:
        raise ValueInvalid(f"{account.code} holds {account.currency}: the interest is in it.", field="amount")
    found = balance_days(account.account, month.begins_on, month.ends_on)
    if not found:
        raise ValueInvalid(f"{account.code} held nothing in {month}: choose another month.", field="month")
    days = (month.ends_on - month.begins_on).days + 1
    parts = split(amount.minor, list(found.values()))
    return [InterestShare(fund, found[fund], days, part) for fund, part in zip(found, parts, strict=True)]


def record_interest(
    *, bank_account: BankAccount, month: str, amount: Amount, credited_on: date | None = None, by: User
) -> Interest:
    """[19] Records a month's interest, credited on a day of that month or later (its last day by default).

    Raises RunTwice, RateMissing, MonthNotOver, ValueInvalid, YearNotOpen, PeriodClosed.
    """
    acts.require(by, "add_interest")
    period = get_month(month)
    on = credited_on or period.ends_on
    with writing():
        acts.check_day(on, "credited_on")
        acts.check_not_before(on, period.begins_on, "credited_on")
        check_no_interest_yet(bank_account, period)
        shares = share_interest(bank_account, amount, period)
        run = Interest(bank_account=bank_account, month=period.begins_on, dated_on=on, created_by=by)
        run.number, run.amount = take_run_number(Interest, period), to_money(amount)
        run.save(force_insert=True)
        InterestLine.objects.bulk_create(_to_line(run, share, amount.currency) for share in shares)
        draft = policy_treasury.credit_interest(
            number=run.number,
            payee=bank_account.name,
            month=period.begins_on,
            on=on,
            bank=bank_account.account,
            shares=_carry(shares, carry(amount, on)),
            currency=functional_currency(),
        )
        acts.post(draft, by=by)
        acts.record("record interest", run, by=by, detail=f"{bank_account.code}: {amount}")
    return run


def check_no_interest_yet(account: BankAccount, month: Period) -> None:
    """Raises RunTwice where the account has interest of the month already."""
    twin = Interest.objects.filter(bank_account=account, month=month.begins_on, reversed_on=None).first()
    if twin:
        raise RunTwice(f"{account.code} has interest of {month} already: {twin}. Reverse it first.", field="month")


def _to_line(run: Interest, share: InterestShare, currency: str) -> InterestLine:
    amount = to_money(Amount(share.amount, currency))
    return InterestLine(run=run, fund=share.fund, balance_days=share.balance_days, amount=amount)


def _carry(shares: list[InterestShare], whole: Carried) -> list[CashOut]:
    """The functional amount is that of the whole at the day's rate, divided as the interest is (rule 3)."""
    given = [share for share in shares if share.amount]
    parts = split(whole.functional, [share.amount for share in given])
    return [
        CashOut(share.fund, Carried(Amount(share.amount, whole.amount.currency), part))
        for share, part in zip(given, parts, strict=True)
    ]


def mark_no_interest(*, bank_account: BankAccount, month: str, by: User) -> NoInterest:
    """Says that a bank paid nothing for a month. Interest that comes after all is recorded as ever. Raises RunTwice."""
    acts.require(by, "add_interest")
    period = get_month(month)
    with writing():
        check_no_interest_yet(bank_account, period)
        if NoInterest.objects.filter(bank_account=bank_account, month=period.begins_on).exists():
            raise RunTwice(f"{bank_account.code} is marked already: no interest in {period}.", field="month")
        mark = NoInterest.objects.create(bank_account=bank_account, month=period.begins_on, created_by=by)
        acts.record("mark no interest", bank_account.code, by=by, detail=str(period))
    return mark
