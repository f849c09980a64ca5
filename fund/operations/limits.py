"""The controls that refuse money: funds first, the allocation limit, the earmark, the closure of a project,
and lists of sanctions."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import override

from fund import policy
from fund.codes import fold_name
from fund.countries import name_countries
from fund.errors import (
    AllocationExceeded,
    FundsFirst,
    OutsideEarmark,
    PayeeBlocked,
    ProjectClosed,
    StateUnfit,
    ValueInvalid,
)
from fund.models import Agreement, BankAccount, Decided, Project, Receipt, Recipient, State
from fund.policy_treasury import SECRETARIAT
from fund.queries.payees import find_blocked, find_renamed, name_of, uncleared_matches
from fund.queries.rates import exchange
from fund.queries.receipts import find_waiting_return
from fund.queries.sub_funds import (
    cash_of_funds,
    find_earmark,
    find_given,
    lowest_allocation_left,
    lowest_available,
    lowest_cash,
    lowest_owed,
    lowest_spent,
)
from fund.recommendations import SECTIONS
from ledger.money import Amount
from ledger.queries import functional_currency

# Amounts in two currencies that are one and the same may differ by so many per cent at the rates of the day; more is a
# slip.
_LARGEST_DIFFERENCE = 10


def check_payee(recipient: Recipient, *, field: str = "payee") -> None:
    """Raises PayeeBlocked where a payee, or a donor who is refunded, has a match on a list that is not cleared.

    Nor is anybody paid whose name is that of somebody blocked but for accents, capitals, blanks and points.
    """
    blocked = find_blocked(recipient)
    if blocked is None:
        return
    matches = uncleared_matches(blocked)
    found, names = matches[0], " or ".join(sorted({match.created_by.get_username() for match in matches}))
    who, way_out = str(blocked), "."
    if blocked != recipient:
        who = f"{recipient} reads like {blocked} ({blocked.code}), who"
        way_out = "; or give who is somebody else a name that tells them apart."
    raise PayeeBlocked(
        f"{who} has a {found.get_result_display().lower()} on “{found.list_name}” of {found.screened_on}: "
        f"nothing is paid until it is cleared. An approver other than {names} clears it, with the reason{way_out}",
        field=field,
    )


def check_matched(recipient: Recipient, name: str) -> None:
    """Raises StateUnfit for a name that reads differently while a match is not cleared.

    The match would go with the code, and whoever takes the earlier name would be paid.
    """
    if fold_name(name) != fold_name(recipient.name) and uncleared_matches(recipient):
        raise StateUnfit(
            f"{recipient} has a match on a list that is not cleared, and somebody else could take that name: it stays "
            "until an approver clears the match. Add who has another name under a code of its own.",
            field="name",
        )


def check_name(recipient: Recipient, *, field: str = "payee") -> None:
    """Raises StateUnfit where the account of a payee or a donor was approved for another name than the present one."""
    details = find_renamed(recipient)
    if details:
        raise StateUnfit(
            f"{details} was approved for {name_of(details)}, whose name is {recipient} now: nothing is paid until bank "
            "details are prepared and approved anew for that name.",
            field=field,
        )


def check_available(fund: str, amount: int, *, on: date, field: str = "lines") -> None:
    """Raises FundsFirst where `amount` (functional) is more than can be allocated on the day or any later one."""
    low = lowest_available(fund, since=on)
    if amount > low.balance:
        raise FundsFirst(
            f"{fund} has {_functional(max(low.balance, 0))} to allocate on {low.on}; {_functional(amount)} is more. "
            "Money is allocated when it has been received.",
            field=field,
        )


def check_cash(account: BankAccount, fund: str, amount: Amount, *, on: date, field: str = "lines") -> None:
    """Raises FundsFirst where the bank account holds less of the sub-fund than `amount`, then or any later day."""
    low = lowest_cash(account.account, fund, since=on)
    if amount.minor > low.balance:
        raise FundsFirst(
            f"{fund} has {Amount(low.balance, account.currency)} in {account.code} on {low.on}; {amount} is more. "
            f"{_elsewhere(fund)}",
            field=field,
        )


def check_owed(account: str, fund: str, amount: int, *, on: date, field: str = "lines") -> None:
    """Raises FundsFirst where less of a liability stands than `amount` (functional) takes off it, then or later.

    What is beyond would be free to be allocated, without any cash.
    """
    low = lowest_owed(account, fund, since=on)
    owed = max(low.balance, 0)
    if amount > owed:
        whom = f"the Secretariat {_functional(owed)}" if account == SECRETARIAT else f"{_functional(owed)} as {account}"
        raise FundsFirst(f"{fund} owes {whom} on {low.on}; {_functional(amount)} is more.", field=field)


def _elsewhere(fund: str) -> str:
    found = [f"{Amount(cash.amount, cash.currency)} in {cash.account}" for cash in cash_of_funds([fund]) if cash.amount]
    return f"It has {', '.join(found)}." if found else "It has no money at any bank yet."


def check_allocation(
    project: str, fund: str, amount: int, *, on: date, released: int = 0, field: str = "lines"
) -> None:
    """Raises AllocationExceeded where the amount is more than the project's allocation has left, then or later.

    What is open of obligations and of advances is not left; `released` is what the act itself releases of them.
    """
    low = lowest_allocation_left(project, fund, since=on)
    if amount - released > low.balance:
        reserved = f", and {_functional(released)} that is obligated for this" if released else ""
        raise AllocationExceeded(
            f"{project} has {_functional(max(low.balance, 0))} of {fund} left on {low.on}{reserved}; "
            f"{_functional(amount)} is more. Allocate more to it, or charge another sub-fund.",
            field=field,
        )


def check_left(project: str, fund: str, amount: int, *, on: date, field: str = "lines") -> None:
    """Raises AllocationExceeded where more is taken back of a project than it has left, then or later."""
    low = lowest_allocation_left(project, fund, since=on)
    if amount > low.balance:
        raise AllocationExceeded(
            f"{project} has {_functional(max(low.balance, 0))} of {fund} left on {low.on}; {_functional(amount)} is "
            "more. What is spent is not taken back; what is obligated or advanced, once that is cancelled or returned.",
            field=field,
        )


def check_spent(project: str, fund: str, amount: int, *, on: date, field: str = "lines") -> None:
    """Raises AllocationExceeded where more comes back of a project than it spent of a sub-fund, then or later."""
    low = lowest_spent(project, fund, since=on)
    if amount > low.balance:
        raise AllocationExceeded(
            f"{project} spent {_functional(max(low.balance, 0))} of {fund} until {low.on}; {_functional(amount)} that "
            "comes back is more, and would be an allocation that nobody decided.",
            field=field,
        )


def check_operations_open(project: Project, *, on: date, field: str = "project") -> None:
    """Raises ProjectClosed on a day after the project's operations closed."""
    closed_on = _get_project(project).operations_closed_on
    if closed_on and on > closed_on:
        raise ProjectClosed(
            f"{project.code} closed its operations on {closed_on}: contracts are dated until then. "
            "Reopen the project to let another.",
            field=field,
        )


def check_accounts_open(project: Project, *, field: str = "lines") -> None:
    """Raises ProjectClosed once the project's accounts are closed, whatever the day."""
    closed_on = _get_project(project).accounts_closed_on
    if closed_on:
        raise ProjectClosed(
            f"{project.code} closed its accounts on {closed_on}: no money moves for it. Reopen the project first.",
            field=field,
        )


def _get_project(project: Project) -> Project:
    """The project as it stands under the lock, and not as a page found it before."""
    return Project.objects.get(pk=project.pk)


def check_approved(document: Decided, *, field: str = "") -> None:
    """Raises StateUnfit where what an act would rest on still waits for a decision, or was rejected."""
    if document.state == State.PREPARED:
        raise StateUnfit(
            f"{document} awaits approval: nothing rests on it before another person approves it.", field=field
        )
    if document.state == State.REJECTED:
        raise StateUnfit(f"{document} was rejected: nothing rests on it. Prepare another one.", field=field)


def get_earmark(fund: str, *, field: str) -> Agreement:
    """The agreement of an earmarked sub-fund whose money can be used. Raises ValueInvalid, StateUnfit."""
    agreement = find_earmark(fund)
    if agreement is None or agreement.cancelled_on:
        raise ValueInvalid(
            f"{fund} is not a sub-fund whose money can be used. Use {policy.POOL}, or the number of an earmarked "
            "agreement that stands.",
            field=field,
        )
    check_approved(agreement, field=field)
    return agreement


def check_no_return_waits(receipt: Receipt) -> None:
    """Raises StateUnfit where the return of a deposit waits: it has one fate."""
    waiting = find_waiting_return(receipt)
    if waiting:
        raise StateUnfit(
            f"{waiting} awaits approval: once it is rejected, {receipt} can be identified, returned or reversed."
        )


def check_earmark(fund: str, project: Project, *, on: date, field: str = "lines") -> None:
    """Raises OutsideEarmark where the sub-fund's money is not for the project, its countries or the day."""
    if fund == policy.POOL:
        return
    agreement = get_earmark(fund, field=field)
    projects = [earmarked.code for earmarked in agreement.earmark_projects.all()]
    if projects and project.code not in projects:
        raise OutsideEarmark(f"{fund} is for {', '.join(projects)}, not for {project.code}.", field=field)
    _check_theme(agreement, project, field)
    _check_countries(agreement, project, field)
    if agreement.ends_on and on > agreement.ends_on:
        raise OutsideEarmark(
            f"{fund} ended on {agreement.ends_on}: choose that day or earlier, another sub-fund, or have an amendment "
            "extend it.",
            field=field,
        )
    if on < agreement.signed_on:
        raise OutsideEarmark(
            f"{fund} begins on {agreement.signed_on}: choose that day or later, or another sub-fund.", field=field
        )


def check_scope(project: Project) -> None:
    """Raises OutsideEarmark where a project has left the themes or countries of money that it was given."""
    for fund in find_given(project.code):
        agreement = find_earmark(fund)
        if agreement:
            try:
                _check_theme(agreement, project, "recommendations")
                _check_countries(agreement, project, "countries")
            except OutsideEarmark as refused:
                message = f"{refused.message} It was given money of {fund}: what lies outside is another project's."
                raise OutsideEarmark(message, field=refused.field) from None


def _check_countries(agreement: Agreement, project: Project, field: str) -> None:
    """All countries of the project are among those of the earmark."""
    countries = set(agreement.earmark_countries)
    if countries and not (project.countries and set(project.countries) <= countries):
        raise OutsideEarmark(
            f"{agreement} is for {_name_countries(countries)}; {project.code} works in "
            f"{_name_countries(project.countries) or 'no named country'}.",
            field=field,
        )


def _name_countries(codes: Iterable[str]) -> str:
    """By their names, in the language of the sentence and of the record that keeps it."""
    with override("en"):
        return ", ".join(name_countries(sorted(codes)))


def _check_theme(agreement: Agreement, project: Project, field: str) -> None:
    """The project serves a recommendation of one of the themes."""
    themes = [section for section in SECTIONS if section.number in agreement.earmark_themes]
    served = sorted(one.number for one in project.recommendations.all())
    if themes and not any(section.first <= number <= section.last for section in themes for number in served):
        allowed = ", ".join(f"{section.first} to {section.last} ({section.title()})" for section in themes)
        raise OutsideEarmark(
            f"{agreement} is for projects that serve one of the recommendations {allowed}; {project.code} serves "
            f"{', '.join(map(str, served)) or 'none'}.",
            field=field,
        )


def _functional(minor: int) -> Amount:
    return Amount(minor, functional_currency())


def find_excess(settled: Amount, sent: Amount, *, on: date, field: str) -> Amount:
    """What was sent beyond what it settles, in its own currency.

    In another one a difference of up to a tenth is one of rates, and nothing is beyond. CAD 1,000.00 that are worth
    USD 750.00 and paid by USD 900.00 leave USD 150.00. Raises ValueInvalid where less was sent.
    """
    worth = exchange(settled, sent.currency, on)
    excess = Amount(max(sent.minor - worth.minor, 0), sent.currency)
    if settled.currency != sent.currency and excess.minor * 100 <= worth.minor * _LARGEST_DIFFERENCE:
        check_worth(settled, sent, on=on, field=field)
        return Amount(0, sent.currency)
    return excess


def add_difference(minor: int) -> int:
    """The most that may pass for an amount in another currency, in minor units."""
    return minor + minor * _LARGEST_DIFFERENCE // 100


def check_worth(amount: Amount, other: Amount, *, on: date, field: str) -> None:
    """Raises ValueInvalid where an amount in another currency is too far from what `amount` was worth on the day."""
    worth = exchange(amount, other.currency, on)
    if abs(worth.minor - other.minor) * 100 > worth.minor * _LARGEST_DIFFERENCE:
        raise ValueInvalid(
            f"{amount} was worth {worth} on {on}; {other} is more than {_LARGEST_DIFFERENCE} per cent away. "
            "Correct the amount or the rate.",
            field=field,
        )
