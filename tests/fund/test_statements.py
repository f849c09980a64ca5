import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from fund.models import Donor, Obligation
from fund.queries.figures import Figures
from fund.queries.shares import PoolShare, Spending, share_pool
from fund.queries.statement_lines import DonorStatement
from fund.queries.statements import make_statement
from fund.templatetags.money import MINUS
from ledger.queries import Scope, Total, get_total
from tests.reports.small_fund import SmallFund, on
from tests.settings import ENGINE
from tests.trips import counting_trips

END = date(2026, 3, 31)


@pytest.fixture
def small_fund(db: None) -> SmallFund:
    return SmallFund()


def test_a_statement_asks_about_everything_in_two_trips_and_for_titles(small_fund: SmallFund) -> None:
    with counting_trips() as asked:
        make_statement(small_fund.usa, as_of=END)
    assert len(asked) == 12
    assert asked.count(False) == (1 if ENGINE == "postgresql" else 12)


def statements(as_of: date = END) -> Iterator[DonorStatement]:
    return (make_statement(donor, as_of=as_of) for donor in Donor.objects.all())


def test_a_statement_says_what_was_pledged_signed_received_and_is_owed(small_fund: SmallFund) -> None:
    canada = make_statement(small_fund.canada, as_of=END)
    assert (canada.pledged, canada.pledged_open) == (350000, 280000)
    assert canada.figures == Figures(signed=70000, received=81300, unapplied=7500, outstanding=0)
    usa = make_statement(small_fund.usa, as_of=END)
    assert usa.figures == Figures(signed=150000, received=70000, outstanding=80000)
    assert usa.overdue == 30000


def test_an_agreement_is_told_in_its_own_currency_too(small_fund: SmallFund) -> None:
    (line,) = make_statement(small_fund.canada, as_of=END).agreements
    assert (line.currency, line.own) == ("CAD", Figures(signed=100000, received=110000, unapplied=10000))
    assert line.figures.signed == 70000


def test_an_instalment_is_overdue_from_the_day_after(small_fund: SmallFund) -> None:
    def overdue(day: str) -> list[str]:
        (line,) = make_statement(small_fund.usa, as_of=on(day)).agreements
        return [due.instalment.reference for due in line.instalments if due.is_overdue]

    small_fund.receive(small_fund.american, small_fund.citi, "2026-03-10", "USD 300")
    assert overdue("2026-03-10") == []
    assert overdue("2026-09-01") == []
    assert overdue("2026-09-02") == ["AGR-2026-0001/2"]


def test_a_statement_of_an_earlier_day_knows_nothing_of_later_ones(small_fund: SmallFund) -> None:
    usa = make_statement(small_fund.usa, as_of=on("2026-02-15"))
    assert usa.figures == Figures(signed=150000, received=100000, outstanding=50000)
    assert [receipt.number for receipt in usa.receipts] == ["RCT-2026-0003", "RCT-2026-0004"]
    assert usa.projects == ()
    assert make_statement(small_fund.usa, as_of=on("2026-01-31")).figures.signed == 159900


def test_money_of_an_own_sub_fund_is_told_to_the_cent(small_fund: SmallFund) -> None:
    canada = make_statement(small_fund.canada, as_of=END)
    (line,) = canada.funds
    # 813.00 received less 75.00 unapplied; 75.00 spent; charges of 10.95 less gains of 1.08 on paying in CAD.
    assert (line.paid_in, line.spent, line.other, line.balance) == (73800, 7500, 987, 65313)
    assert [(one.project, one.category, one.own, one.share) for one in canada.projects] == [
        ("CYB-01", "Contractual", 7500, 0)
    ]


def test_the_trial_balance_of_an_own_sub_fund_adds_up_to_zero_and_has_the_balance(small_fund: SmallFund) -> None:
    (line,) = make_statement(small_fund.canada, as_of=END).funds
    assert line.debit == line.credit > 0
    cash = get_total(Scope(accounts=("Assets:Bank:",), funds=(line.fund,))).functional
    held = get_total(Scope(accounts=("Liabilities:",), funds=(line.fund,))).functional
    assert line.balance == cash + held


def test_the_pool_is_shared_by_what_each_paid_in(small_fund: SmallFund) -> None:
    pool = make_statement(small_fund.usa, as_of=END).pool
    # 700.00 of 767.00: of 100.00, 91.26, since 0.46 of a cent is below 0.54; of 0.01, the cent, by 0.91 to 0.09.
    assert pool == PoolShare(
        donors=2,
        paid_in=76700,
        paid_in_share=70000,
        spending=(
            Spending("BOR-01", "Supplies", 1, 1, Decimal("0.9")),
            Spending("BOR-01", "Travel", 10000, 9126, Decimal("0.5")),
        ),
        balance=66699,
        balance_share=60873,
        balance_up_from=Decimal("0.6"),
    )


def read_pool(page: str) -> list[tuple[int, int, str]]:
    """The rows of the pool on a statement: the whole and the share in cents, and “Cent from”."""
    _, *rows = re.findall(r"<tr.*?</tr>", page[page.index('<section id="pool">') :].split("</tfoot>")[0], re.S)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in rows]
    return [(*(int(re.sub("[.,]", "", cell).replace(MINUS, "-")) for cell in row[:2]), row[2]) for row in cells]


def test_a_donor_recomputes_each_share_from_what_the_page_prints(
    small_fund: SmallFund, sign_in: Callable[[User], Client]
) -> None:
    page = sign_in(small_fund.auditor).get("/donors/USA/statement/?as_of=2026-03-31").content.decode()
    (whole, own, _), *lines, _spent, other, balance, obligated = read_pool(page)
    for line, share, up_from in (*lines, balance, obligated):
        cents, fraction = divmod(line * own, whole)
        assert share == cents + (up_from != "" and Fraction(fraction, whole) >= Fraction(up_from))
    spent = sum(line[1] for line in lines)
    assert (own, own - spent - other[1]) == (70000, balance[1])


def test_the_shares_of_all_donors_add_up_to_the_pool(small_fund: SmallFund) -> None:
    pools = [one.pool for one in statements() if one.pool]
    assert sum(pool.spent_share for pool in pools) == pools[0].spent == 10001
    assert sum(pool.balance_share for pool in pools) == pools[0].balance
    assert sum(pool.other_share for pool in pools) == pools[0].other


def test_all_statements_together_are_the_whole_fund(small_fund: SmallFund) -> None:
    found = list(statements())
    banks = get_total(Scope(accounts=("Assets:Bank:",))).functional
    held = get_total(Scope(accounts=("Liabilities:",))).functional
    assert sum(one.balance for one in found) == banks + held
    assert sum(one.spent for one in found) == get_total(Scope(accounts=("Expenses:Projects:",))).functional
    assert sum(one.figures.outstanding for one in found) == 83250


def test_who_paid_nothing_into_the_pool_has_no_share_of_it(small_fund: SmallFund) -> None:
    canada = make_statement(small_fund.canada, as_of=END)
    assert canada.pool is None
    assert make_statement(small_fund.usa, as_of=on("2026-02-01")).pool is None


def test_a_withdrawn_pledge_is_no_longer_pledged(small_fund: SmallFund) -> None:
    small_fund.withdraw("2026-03-20")
    canada = make_statement(small_fund.canada, as_of=END)
    assert (canada.pledged, canada.pledged_open) == (70000, 0)


amounts = st.integers(min_value=0, max_value=10**13)


@settings(deadline=None)
@given(
    paid_in=st.dictionaries(st.text("ABCDEF", min_size=1, max_size=3), amounts, min_size=1, max_size=12),
    spent=st.lists(st.integers(min_value=-(10**12), max_value=10**12), max_size=8),
    cash=st.integers(min_value=-(10**12), max_value=10**12),
)
def test_every_line_is_divided_without_a_remainder(paid_in: dict[str, int], spent: list[int], cash: int) -> None:
    moved = [Total(f"Expenses:Projects:P{place}:Travel", functional=amount) for place, amount in enumerate(spent)]
    moved.append(Total("Assets:Bank:CITI-USD", functional=cash))
    pools = [pool for donor in paid_in if (pool := share_pool(donor, paid_in, moved))]
    assert len(pools) == sum(amount > 0 for amount in paid_in.values())
    for place, line in enumerate(pools[0].spending if pools else ()):
        assert sum(pool.spending[place].share for pool in pools) == line.amount
    for pool in pools[:1]:
        assert sum(other.balance_share for other in pools) == pool.balance == cash
        assert sum(other.other_share for other in pools) == pool.other
    for pool in pools:
        assert pool.paid_in_share - pool.spent_share - pool.other_share == pool.balance_share


def test_a_statement_says_what_of_the_balance_is_obligated(obligation: Obligation) -> None:
    statement = make_statement(Donor.objects.get(code="CAN"), as_of=date(2026, 3, 15))
    assert [(line.fund, line.balance, line.obligated) for line in statement.funds] == [
        ("AGR-2026-0001", 600000, 200000)
    ]
    assert statement.whole.obligated == 200000
    before = make_statement(statement.donor, as_of=date(2026, 3, 14))
    assert before.whole.obligated == 0
