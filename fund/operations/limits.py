"""The controls that refuse money: funds first, the allocation limit, the earmark."""

from datetime import date

from fund import policy
from fund.errors import AllocationExceeded, FundsFirst, OutsideEarmark, ValueInvalid
from fund.models import BankAccount, Project
from fund.queries.funds import allocation_left, bank_cash, find_earmark, fund_standing, fund_total_cash
from ledger.money import Amount
from ledger.queries import functional_currency


def check_available(fund: str, amount: int, *, on: date, field: str = "lines") -> None:
    """Raises FundsFirst where `amount` (functional) is more than can be allocated, on the day or now."""
    for until in (on, None):
        available = fund_standing(fund, until=until).available
        if amount > available:
            when = f"on {until}" if until else "today"
            raise FundsFirst(
                f"{fund} has {_functional(max(available, 0))} to allocate {when}; {_functional(amount)} is more. "
                "Money is allocated when it has been received.",
                field=field,
            )


def check_cash(account: BankAccount, fund: str, amount: Amount, *, on: date, field: str = "lines") -> None:
    """Raises FundsFirst where the bank account holds less of the sub-fund than `amount`, on the day or now."""
    for until in (on, None):
        held = bank_cash(account.account, fund, until=until).amount
        if amount.minor > held:
            when = f"on {until}" if until else "today"
            raise FundsFirst(
                f"{fund} has {Amount(held, account.currency)} in {account.code} {when}; {amount} is more. "
                f"{_elsewhere(fund)}",
                field=field,
            )


def _elsewhere(fund: str) -> str:
    cash = fund_total_cash(fund)
    if not cash:
        return "It has no money at any bank yet."
    return "It has " + ", ".join(f"{amount} in {code}" for code, amount in cash) + "."


def check_allocation(project: str, fund: str, amount: int, *, on: date, field: str = "lines") -> None:
    """Raises AllocationExceeded where the expense is more than the project's allocation has left, then or now."""
    for until in (on, None):
        left = allocation_left(project, fund, until=until)
        if amount > left:
            when = f"on {until}" if until else "today"
            raise AllocationExceeded(
                f"{project} has {_functional(max(left, 0))} of {fund} left {when}; {_functional(amount)} is more. "
                "Allocate more to it, or charge another sub-fund.",
                field=field,
            )


def check_earmark(fund: str, project: Project, *, on: date, field: str = "lines") -> None:
    """Raises OutsideEarmark where the sub-fund's money is not for the project, its countries or the day."""
    if fund == policy.POOL:
        return
    agreement = find_earmark(fund)
    if agreement is None or agreement.cancelled_on:
        raise ValueInvalid(f"{fund} is not a sub-fund whose money can be used.", field=field)
    projects = [earmarked.code for earmarked in agreement.earmark_projects.all()]
    if projects and project.code not in projects:
        raise OutsideEarmark(f"{fund} is for {', '.join(projects)}, not for {project.code}.", field=field)
    countries = set(agreement.earmark_countries)
    if countries and not (project.countries and set(project.countries) <= countries):
        raise OutsideEarmark(
            f"{fund} is for {', '.join(sorted(countries))}; {project.code} works in "
            f"{', '.join(project.countries) or 'no named country'}.",
            field=field,
        )
    if agreement.ends_on and on > agreement.ends_on:
        raise OutsideEarmark(f"{fund} ended on {agreement.ends_on}.", field=field)
    if on < agreement.signed_on:
        raise OutsideEarmark(f"{fund} begins on {agreement.signed_on}.", field=field)


def _functional(minor: int) -> Amount:
    return Amount(minor, functional_currency())
