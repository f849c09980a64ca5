"""The ledger against a shadow of it: whatever is done to both, they agree after every step."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from fund import policy, policy_treasury
from ledger import beans, checks, queries
from ledger.book import write_book
from ledger.entries import Draft, Leg
from ledger.errors import AccountInvalid, AlreadyReversed, EntryInvalid, PeriodClosed, PeriodNotDue, Refused
from ledger.models import OpenItem
from ledger.money import share, to_decimal
from ledger.operations import close_period, open_account, post_entries, reverse_entry
from ledger.periods import Period
from ledger.queries import DIMENSIONS, Scope
from tests.ledger.drafts import ACCOUNTS, CURRENCIES, DAYS, make_leg
from tests.ledger.shadow import PERIODS, Shadow
from tests.ledger.test_queries import FUNDS, read_totals

EXAMPLES = int(os.environ.get("SHADOW_EXAMPLES", "12"))
STEPS = 25

FOREIGN = [currency for currency in CURRENCIES if currency != "USD"]
MONEY = [name for name in ACCOUNTS if name.startswith(("Assets:", "Liabilities:"))]
REST = [name for name in ACCOUNTS if name.startswith(("Income:", "Expenses:", "Equity:"))]
KINDS, PARTIES, INSTALMENTS = ("receipt", "charge", "agreement"), ("", "CAN", "USA"), ("", "A/1", "A/2", "B/1")
# Few days, among them first and last ones, so that entries meet; and now and then any.
FEW_DAYS = [date(2025, *day) for day in ((1, 1), (1, 31), (2, 1), (3, 31), (12, 31))] + [date(2026, 1, 1)]
SOME_DAYS = st.one_of(st.sampled_from(FEW_DAYS), DAYS)
SIZES = st.one_of(st.integers(1, 500), st.integers(1, 10**9))
RATES = st.fixed_dictionaries({currency: st.decimals("0.001", "4", places=4) for currency in FOREIGN})


@st.composite
def legs(draw: st.DrawFn, fund: str) -> tuple[Leg, ...]:
    """Money of one sub-fund on either side, and what balances it."""
    found = [draw(money_legs(fund)) for _ in range(draw(st.integers(1, 3)))]
    rest = -sum(leg.functional for leg in found)
    if rest or len(found) == 1:
        found.append(make_leg(draw(st.sampled_from(REST)), rest, fund))
    return tuple(found)


@st.composite
def money_legs(draw: st.DrawFn, fund: str) -> Leg:
    """An amount at about three quarters of the functional currency, and never of no value in it."""
    account = draw(st.sampled_from(MONEY))
    currency = ACCOUNTS[account] or draw(st.sampled_from(CURRENCIES))
    sign, amount = draw(st.sampled_from((1, 1, -1))), draw(SIZES)
    functional = amount if currency == "USD" else max(1, share(amount, draw(st.integers(70, 80)), 100))
    instalment, party = draw(st.sampled_from(INSTALMENTS)), draw(st.sampled_from(PARTIES))
    return Leg(account, sign * amount, currency, sign * functional, fund, "", instalment, party)


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """An entry of one or two sub-funds."""
    funds = draw(st.lists(st.sampled_from(FUNDS), min_size=1, max_size=2, unique=True))
    lines = tuple(leg for fund in funds for leg in draw(legs(fund)))
    return Draft(draw(SOME_DAYS), draw(st.sampled_from(KINDS)), "Canada", "Any", ("DOC-1",), lines)


TABLE_CHECKS = [check for check in checks.CHECKS if check is not checks.check_closings]
BATCHES = st.lists(drafts(), min_size=1, max_size=3)


def keep_quiet(_: str) -> None:
    """How far a check is, which nobody watches here."""


class ShadowedLedger(RuleBasedStateMachine):
    """Rules act on the books and on their shadow; invariants compare them."""

    standing = Bundle("standing")

    def __init__(self) -> None:
        super().__init__()
        self.shadow = Shadow()
        self.unproven = 0
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self) -> None:
        """Every example begins with empty books."""
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @initialize(target=standing, batch=BATCHES, random=st.randoms(use_true_random=True))
    def begin(self, batch: list[Draft], random: Random) -> MultipleResults[str]:
        """What is drawn from `random` is the same when an example is run again."""
        self.random = random
        return self.post_all(batch)

    def is_open(self) -> bool:
        return self.shadow.closed_until != PERIODS[-1].ends_on

    def is_closed(self) -> bool:
        return self.shadow.closed > 0

    def open_day(self, on: date) -> date:
        """The day, or the nearest one that takes entries."""
        first = self.shadow.closed_until + timedelta(days=1) if self.shadow.closed_until else on
        return min(max(on, first), PERIODS[-1].ends_on)

    def post_all(self, batch: list[Draft]) -> MultipleResults[str]:
        entries = post_entries(batch, by="officer")
        for entry, draft in zip(entries, batch, strict=True):
            self.shadow.add(entry.number, draft, on=draft.on)
        self.unproven += 1
        return multiple(*(entry.number for entry in entries))

    def move_into_open_periods(self, batch: list[Draft]) -> list[Draft]:
        return [replace(draft, on=self.open_day(draft.on)) for draft in batch]

    def refuse(self, refusal: type[Refused], act: Callable[[], object]) -> None:
        """Nothing changes: the shadow does not hear of it, and has to agree all the same."""
        with pytest.raises(refusal):
            act()

    @precondition(is_open)
    @rule(target=standing, batch=BATCHES)
    def post(self, batch: list[Draft]) -> MultipleResults[str]:
        return self.post_all(self.move_into_open_periods(batch))

    @precondition(is_open)
    @rule(number=consumes(standing), later=st.integers(0, 90))
    def reverse(self, number: str, later: int) -> None:
        """Once, and on no day before its own."""
        draft, dated_on = self.shadow.drafts[number], queries.get_entry(number).dated_on
        reverse = partial(reverse_entry, reason="wrong", by="officer")
        self.refuse(EntryInvalid, lambda: reverse(number, on=dated_on - timedelta(days=1)))
        on = self.open_day(dated_on + timedelta(days=later))
        entry = reverse(number, on=on)
        self.shadow.add(entry.number, draft, on=on, sign=-1)
        for again in (number, entry.number):
            self.refuse(AlreadyReversed, lambda again=again: reverse(again, on=on))  # type: ignore[misc]
        self.unproven += 1

    @precondition(is_open)
    @rule(target=standing, on=SOME_DAYS, rates=RATES)
    def revalue(self, on: date, rates: dict[str, Decimal]) -> MultipleResults[str]:
        on = self.open_day(on)
        items = self.shadow.money_items(on)
        draft = policy_treasury.revalue(number="REV-1", on=on, items=items, rates=rates, currency="USD")
        numbers = self.post_all([draft] if draft else [])
        revalued = {(item.account, item.fund, item.instalment, item.amount) for item in items}
        for item in self.shadow.money_items(on):
            if (item.account, item.fund, item.instalment, item.amount) in revalued:
                cents = to_decimal(item.amount.minor, item.amount.currency) * rates[item.amount.currency] * 100
                assert item.functional == cents.to_integral_value(ROUND_HALF_UP)
        return numbers

    @precondition(is_open)
    @rule(months=st.integers(1, 2), other=st.sampled_from(PERIODS))
    def close(self, months: int, other: Period) -> None:
        """The next periods, and none out of the order."""
        for period in PERIODS[self.shadow.closed :][:months]:
            if other != period:
                self.refuse(PeriodNotDue, lambda: close_period(other, by="maria"))
            closing = close_period(period, by="maria")
            moved = self.shadow.totals(Scope(since=period.begins_on, until=period.ends_on), ())
            dated = sum(period.begins_on <= on <= period.ends_on for on in self.shadow.dates)
            assert (closing.entries, closing.debit, closing.credit) == (dated, *moved.get((), (0, 0, 0, 0))[2:])
            self.shadow.closed += 1
            self.unproven += 1

    @precondition(is_closed)
    @rule(batch=BATCHES, earlier=st.integers(0, 40))
    def post_into_a_closed_period(self, batch: list[Draft], earlier: int) -> None:
        assert self.shadow.closed_until
        on = max(self.shadow.closed_until - timedelta(days=earlier), PERIODS[0].begins_on)
        late = [*batch[:-1], replace(batch[-1], on=on)]
        self.refuse(PeriodClosed, lambda: post_entries(late, by="officer"))

    @precondition(is_open)
    @rule(batch=BATCHES, more=st.sampled_from((-1, 1, 10**6)))
    def post_a_batch_that_ends_wrong(self, batch: list[Draft], more: int) -> None:
        *rest, last = self.move_into_open_periods(batch)
        unbalanced = replace(last, legs=(*last.legs, make_leg(REST[0], more, last.legs[0].fund)))
        self.refuse(EntryInvalid, lambda: post_entries([*rest, unbalanced], by="officer"))
        unknown = replace(last, legs=(make_leg("Assets:Bank:NONE", 5), make_leg(REST[0], -5)))
        self.refuse(AccountInvalid, lambda: post_entries([*rest, unknown], by="officer"))

    @precondition(lambda self: self.unproven > 4)
    @rule()
    def prove(self) -> None:
        """All that `check_ledger` has of the ledger; with closed periods it takes too long for every step."""
        assert checks.run_checks(keep_quiet) == []
        self.unproven = 0

    @invariant()
    def every_sub_fund_adds_up_to_zero(self) -> None:
        found = queries.totals(Scope(until=self.random.choice(FEW_DAYS)), by=("fund",))
        found += queries.totals(Scope(), by=("fund",))
        assert {total.functional for total in found} <= {0}

    @invariant()
    def totals_are_those_of_the_shadow(self) -> None:
        assert read_totals(Scope(), DIMENSIONS) == self.shadow.totals(Scope(), DIMENSIONS)
        for _ in range(3):
            by = tuple(name for name in DIMENSIONS if self.random.random() < 0.4)
            scope = replace(self.draw_scope(), since=self.draw_day(), until=self.draw_day())
            assert read_totals(scope, by) == self.shadow.totals(scope, by)

    @invariant()
    def lowest_balance_is_that_of_the_shadow(self) -> None:
        since, side = self.draw_day() or FEW_DAYS[0], self.random.choice((1, -1))
        for scope, measure in ((self.draw_scope(), "functional"), (Scope(accounts=("Assets:Bank:RBC-CAD",)), "amount")):
            found = queries.lowest(scope, since=since, measure=measure, side=side)
            assert found == self.shadow.lowest(scope, since=since, measure=measure, side=side)

    @invariant()
    def open_items_are_those_of_the_shadow(self) -> None:
        rows = OpenItem.objects.values_list("instalment", "account__name", "currency", "amount", "functional")
        assert {tuple(key): (amount, carried) for *key, amount, carried in rows} == self.shadow.open_items()

    @invariant()
    def checks_of_the_tables_find_nothing(self) -> None:
        assert [problem for check in TABLE_CHECKS for problem in check(keep_quiet)] == []

    @invariant()
    def journal_has_the_entries_of_the_shadow(self) -> None:
        assert list(queries.entries().values_list("number", flat=True)) == list(self.shadow.drafts)
        assert queries.closed_until() == self.shadow.closed_until

    @invariant()
    def beancount_finds_the_balances_of_the_shadow(self) -> None:
        with TemporaryDirectory(prefix="shadow-") as folder:
            loaded = beans.load_book(write_book(Path(folder), title="Shadow").main, "USD")
        assert loaded.errors == []
        assert loaded.count == len(self.shadow.drafts)
        assert {key: sums for key, sums in loaded.balances.items() if any(sums)} == self.shadow.balances()

    def draw_scope(self) -> Scope:
        pick = self.random.choice
        return Scope(
            accounts=pick(((), ("Assets:",), ("Liabilities:", "Assets:Bank:CITI-USD"), ("Assets:Bank",))),
            funds=pick(((), FUNDS[:1], FUNDS[1:])),
            kinds=pick(((), KINDS[:1], ("revaluation", "charge"))),
            parties=pick(((), ("CAN",), ("", "USA"))),
        )

    def draw_day(self) -> date | None:
        return self.random.choice((None, *FEW_DAYS, date(2025, 6, 15), date(2026, 12, 31)))


@pytest.fixture
def _late() -> Iterator[None]:
    """A day on which every period is over."""
    with time_machine.travel(datetime(2027, 1, 15, 12, tzinfo=UTC)):
        yield


@pytest.mark.usefixtures("books", "_late")
def test_books_agree_with_their_shadow_and_with_beancount_after_every_step():
    open_account(policy.UNREALISED, currency="USD")
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        ShadowedLedger,
        settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=slow),
    )
