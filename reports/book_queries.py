"""The fund's own queries in the exported book, beside those of every book."""

from django.db.models import Sum

from fund import policy
from fund.models import Agreement, Instalment
from fund.queries.agreements import owed_instalments
from fund.queries.contributions import instalment_standings
from ledger.named_queries import BALANCE_AND_CARRIED, NamedQuery, balance_and_carried, render
from ledger.queries import Scope, Total, functional_currency, postings, totals

_OWED = "|".join(prefix.rstrip(":") for prefix in policy.OWED)
# The day stands where the account is opened: a posting names its instalment, and beanquery joins no directives.
_DUE = "date(getitem(open_meta(account), lower(subst('/', '-', str(meta('instalment'))))))"


def make_fund_queries() -> list[NamedQuery]:
    """The queries that speak of donors and sub-funds."""
    return [_sub_fund_balances(), _receivables(), _received_by_payee(), _documents()]


def owed_account(agreement: Agreement) -> str:
    """The account that holds what is owed of an agreement."""
    return (policy.RECEIVABLE if agreement.is_receivable else policy.COMMITTED) + agreement.donor.code


def due_key(instalment: Instalment) -> str:
    """What an instalment's day is called where its account is opened: agr-2026-0001-1 of AGR-2026-0001/1."""
    return instalment.reference.lower().replace("/", "-")


def _sub_fund_balances() -> NamedQuery:
    return NamedQuery(
        "sub-fund-balances",
        "cash in Assets:Bank, of which Liabilities but Deferred wait for donors; "
        "Equity:Allocated to projects, Expenses:Projects spent",
        f"SELECT meta('fund') AS sub_fund, root(account, 2) AS heading, {BALANCE_AND_CARRIED} "
        "GROUP BY sub_fund, heading ORDER BY sub_fund, heading",
        _cash_of_first_fund(),
    )


def _cash_of_first_fund() -> tuple[str, ...]:
    found = totals(Scope(accounts=(policy.BANK,)), by=("fund", "currency"))
    fund = next((total.fund for total in found if total.amount), None)
    cells = balance_and_carried(total for total in found if total.fund == fund)
    return (fund, policy.BANK.rstrip(":"), *cells) if fund else ()


def _receivables() -> NamedQuery:
    return NamedQuery(
        "receivables",
        "what is owed of each instalment, when it is due, and whether it is overdue today; "
        "Committed is income only when it comes",
        f"SELECT account, meta('instalment') AS instalment, {_DUE} AS due, sum(position) AS outstanding, "
        f"sum(weight) AS carried, {_DUE} < today() AS overdue WHERE account ~ '^({_OWED}):' "
        "GROUP BY account, instalment, due, overdue HAVING NOT empty(sum(position)) ORDER BY account, due, instalment",
        _first_receivable(),
    )


def _first_receivable() -> tuple[str, ...]:
    owed = owed_instalments().select_related("agreement__donor").order_by("agreement__number", "position").first()
    if owed is None:
        return ()
    standing = instalment_standings([owed])[owed.reference]
    outstanding = render(standing.outstanding, standing.currency)
    carried = render(standing.carried, functional_currency())
    return (owed_account(owed.agreement), owed.reference, str(owed.due_on), outstanding, carried)


def _received_by_payee() -> NamedQuery:
    return NamedQuery(
        "received-by-payee",
        "what reached the banks, less what was taken back; a deposit of nobody knows "
        "whom has no payee, also once it is identified",
        f"SELECT payee, {BALANCE_AND_CARRIED} WHERE account ~ '^{policy.BANK}' AND 'receipt' IN tags "
        "GROUP BY payee ORDER BY payee",
        _received_of_first_payee(),
    )


def _received_of_first_payee() -> tuple[str, ...]:
    received = postings().filter(entry__kind="receipt", account__name__startswith=policy.BANK)
    payee = received.values_list("entry__payee", flat=True).first()
    if payee is None:
        return ()
    sums = received.filter(entry__payee=payee).order_by().values_list("currency")
    found = [
        Total(currency=currency, amount=int(amount), functional=int(carried))
        for currency, amount, carried in sums.annotate(Sum("amount"), Sum("functional"))
    ]
    return (payee, *balance_and_carried(found))


def _documents() -> NamedQuery:
    return NamedQuery(
        "documents",
        "what the files in documents/ are, and what they belong to",
        "SELECT date, account, meta['description'] AS description, subst('.*/', '', filename) AS file, links "
        "FROM #documents ORDER BY date",
    )
