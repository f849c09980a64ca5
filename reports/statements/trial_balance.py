"""The trial balance: by account, by currency of the account and by sub-fund."""

from collections.abc import Iterator, Sequence

from ledger import accounts
from ledger.money import Amount
from ledger.queries import functional_currency
from reports.sheets import Column, Row, Sheet, amount_column
from reports.statements.balances import Balance, account_group, add_up
from reports.statements.period import Period

ACCOUNTS = "Trial balance"
CURRENCIES = "Currencies"
SUB_FUNDS = "Sub-funds"

OPENING, DEBIT, CREDIT, CLOSING = "Opening", "Debit", "Credit", "Closing"

_SIGNS = "Balances: debit positive, credit negative. They run since the books began: no year is closed into equity."


def trial_balance(balances: Sequence[Balance], period: Period) -> Sheet:
    """One row per account, in the functional currency."""
    rows: list[Row] = [
        [account, account_group(account), accounts.account_type(account).value, *_amounts(total)]
        for account, total in add_up(balances, lambda one: one.account).items()
    ]
    return Sheet(
        ACCOUNTS,
        f"Trial balance, {period}",
        [Column("Account", 46), Column("Group", 28), Column("Type", 12), *_columns()],
        rows,
        notes=[_SIGNS],
    )


def trial_balance_by_currency(balances: Sequence[Balance], period: Period) -> Sheet:
    """One row per account and currency that the account was used in, in that currency and in the functional one."""
    functional = functional_currency()
    used = add_up(balances, lambda one: (one.account, one.currency))
    rows: list[Row] = []
    for (account, currency), total in used.items():
        moved = total.closing_amount - total.opening_amount
        amounts = [Amount(minor, currency) for minor in (total.opening_amount, moved, total.closing_amount)]
        carried = [Amount(minor, functional) for minor in (total.opening, total.closing)]
        rows.append([account, currency, *amounts, *carried])
    titles = ("Opening amount", "Moved", "Closing amount")
    return Sheet(
        CURRENCIES,
        f"Trial balance by currency, {period}",
        [
            Column("Account", 46),
            Column("Currency", 10),
            *(Column(title, 17, "own currency", number=True) for title in titles),
            amount_column("Opening carried", functional),
            amount_column("Closing carried", functional),
        ],
        rows,
        notes=[_SIGNS, "Money items stay in their own currency; what they are carried at is in the books' currency."],
    )


def trial_balance_by_fund(balances: Sequence[Balance], period: Period) -> Sheet:
    """One row per sub-fund and account: each sub-fund adds up to zero by itself."""
    return Sheet(
        SUB_FUNDS,
        f"Trial balance by sub-fund, {period}",
        [Column("Sub-fund", 16), Column("Account", 46), Column("Group", 28), *_columns()],
        list(_fund_rows(balances)),
        notes=[_SIGNS, "Each sub-fund is a self-balancing set of accounts: its closing balances add up to zero."],
    )


def _fund_rows(balances: Sequence[Balance]) -> Iterator[Row]:
    by_fund = sorted(balances, key=lambda one: one.fund)
    for (fund, account), total in add_up(by_fund, lambda one: (one.fund, one.account)).items():
        yield [fund, account, account_group(account), *_amounts(total)]


def _columns() -> list[Column]:
    return [amount_column(title, functional_currency()) for title in (OPENING, DEBIT, CREDIT, CLOSING)]


def _amounts(total: Balance) -> list[Amount]:
    minors = (total.opening, total.debit, total.credit, total.closing)
    return [Amount(minor, functional_currency()) for minor in minors]
