"""What sub-funds have in a bank account, day by day. Minor units of the account's currency."""

from collections import defaultdict
from datetime import date, timedelta

from django.db.models import Sum

from ledger.queries import Scope, register, totals


def balances_on(account: str, on: date) -> dict[str, int]:
    """What each sub-fund has in the account at the end of the day, where it has something, by code."""
    found = totals(Scope(until=on, accounts=(account,)), by=("fund", "currency"))
    return {total.fund: total.amount for total in found if total.amount > 0}


def balance_days(account: str, since: date, until: date) -> dict[str, int]:
    """Each sub-fund's balances at the end of every day from `since` to `until`, added up, where it had something.

    Divided by the number of days it is the average daily balance: 100.00 for 10 days of 30 and then 70.00 make
    240,000, an average of 80.00.
    """
    days = (until - since).days + 1
    sums: defaultdict[str, int] = defaultdict(int)
    for fund, amount in balances_on(account, since - timedelta(days=1)).items():
        sums[fund] = amount * days
    moved = register(account).filter(dated_on__range=(since, until)).order_by()
    for fund, day, amount in moved.values_list("fund", "dated_on").annotate(Sum("amount")):
        sums[fund] += int(amount) * ((until - day).days + 1)
    return {fund: total for fund, total in sorted(sums.items()) if total > 0}
