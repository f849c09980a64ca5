"""What the books must have of runs, interest, charges, transfers, what came in kind and what the Secretariat got."""

from collections import defaultdict
from typing import Any

from fund import policy
from fund.checks.documents import Kind, acts_of, acts_of_decided, fetch_lines
from fund.checks.posted import Expected, Key, Sums, sum_legs
from fund.errors import StateUnfit
from fund.models import (
    BankCharge,
    BankChargeLine,
    DisbursementState,
    InKind,
    Interest,
    InterestLine,
    Recovery,
    RecoveryLine,
    Revaluation,
    RevaluationLine,
    SecretariatPayment,
    SecretariatPaymentLine,
    Transfer,
    TransferLine,
)
from fund.money import to_amount
from fund.policy_treasury import GIVEN_IN_KIND, INTEREST, SECRETARIAT, indirect_cost_account
from ledger.causes import Caused
from ledger.money import split
from ledger.queries import functional_currency


def _expect_revaluation(run: Any, caused: list[Caused]) -> list[Expected]:
    stated = set()
    sums: defaultdict[Key, int] = defaultdict(int)
    for line in run.rows:
        amount, before, after = map(to_amount, (line.amount, line.before, line.after))
        if {before.currency, after.currency} != {functional_currency()}:
            raise StateUnfit(f"What an item is carried at is in {functional_currency()}.")
        where = (line.account, line.fund, line.instalment, amount.currency)
        stated |= {(*where, -amount.minor, -before.minor), (*where, amount.minor, after.minor)}
        sums[policy.UNREALISED, line.fund, "", functional_currency()] -= after.minor - before.minor
    legs = [leg for entry in caused[:1] for leg in entry.legs if leg.account != policy.UNREALISED]
    posted = {(leg.account, leg.fund, leg.instalment, leg.currency, leg.amount, leg.functional) for leg in legs}
    if caused and stated != posted:
        raise StateUnfit(f"Its items are not those of {caused[0].number}.")
    return [Expected(run.dated_on, dict(sums), run.reversed_on)]


def _expect_recovery(run: Any, caused: list[Caused]) -> list[Expected]:
    sums: defaultdict[Key, int] = defaultdict(int)
    for line in run.rows:
        amount, code = to_amount(line.amount), line.project.code
        if to_amount(line.due).currency != functional_currency():
            raise StateUnfit(f"What is due is in {functional_currency()}.")
        sums[indirect_cost_account(code), line.fund, code, amount.currency] += amount.minor
        sums[SECRETARIAT, line.fund, "", amount.currency] -= amount.minor
    return [Expected(run.dated_on, dict(sums), run.reversed_on)]


def _expect_payment(payment: Any, caused: list[Caused]) -> list[Expected]:
    if payment.state not in (DisbursementState.PAID, DisbursementState.REVERSED):
        return []
    sums: defaultdict[Key, int] = defaultdict(int)
    for line in payment.rows:
        amount = to_amount(line.amount)
        sums[SECRETARIAT, line.fund, "", amount.currency] += amount.minor
        sums[payment.bank_account.account, line.fund, "", amount.currency] -= amount.minor
    return [Expected(payment.dated_on, dict(sums), payment.reversed_on)]


def _expect_interest(run: Any, caused: list[Caused]) -> list[Expected]:
    rows = sorted(run.rows, key=lambda line: line.fund)
    amount, weights = to_amount(run.amount), [line.balance_days for line in rows]
    if amount.minor <= 0 or min(weights, default=0) <= 0:
        raise StateUnfit("It is of an amount and of balances that are more than zero.")
    if split(amount.minor, weights) != [to_amount(line.amount).minor for line in rows]:
        raise StateUnfit("Its shares are not those of its balances.")
    sums: Sums = {}
    shares = [(line.fund, to_amount(line.amount).minor) for line in rows if line.amount.amount]
    # The rate of the day is the books' own matter; how it divides is the document's.
    whole = -sum(sum_legs(caused[:1], (INTEREST,)).values())
    income = split(whole, [minor for _, minor in shares])
    for (fund, minor), earned in zip(shares, income, strict=True):
        sums[run.bank_account.account, fund, "", amount.currency] = minor
        earned = minor if amount.currency == functional_currency() else earned
        sums[INTEREST, fund, "", functional_currency()] = -earned
    return [Expected(run.dated_on, sums, run.reversed_on), *averaged(run, caused)]


def _expect_bank_charge(charge: Any, caused: list[Caused]) -> list[Expected]:
    sums: defaultdict[Key, int] = defaultdict(int)
    booked = sum_legs(caused[:1], (policy.BANK_CHARGES,))
    for line in charge.rows:
        amount, key = to_amount(line.amount), (policy.BANK_CHARGES, line.fund, "", functional_currency())
        sums[charge.bank_account.account, line.fund, "", amount.currency] -= amount.minor
        sums[key] += amount.minor if amount.currency == functional_currency() else booked.get(key, 0)
    return [Expected(charge.dated_on, dict(sums), charge.reversed_on)]


def _expect_transfer(transfer: Any, caused: list[Caused]) -> list[Expected]:
    sums: defaultdict[Key, int] = defaultdict(int)
    arrived = 0
    for line in transfer.rows:
        left, came = to_amount(line.amount), to_amount(line.arrived)
        arrived += came.minor
        sums[transfer.source.account, line.fund, "", left.currency] -= left.minor
        if came.minor:
            sums[transfer.target.account, line.fund, "", came.currency] += came.minor
    if arrived != to_amount(transfer.arrived).minor:
        raise StateUnfit("What arrived is not what its lines add up to.")
    charges = to_amount(transfer.charges)
    for key, booked in sum_legs(caused[:1], (policy.BANK_CHARGES,)).items():
        sums[key] = booked
    total = sum(minor for key, minor in sums.items() if key[0] == policy.BANK_CHARGES)
    if charges.currency == functional_currency() and caused and total != charges.minor:
        raise StateUnfit(f"Its charges are {charges}, not those of {caused[0].number}.")
    return [Expected(transfer.dated_on, dict(sums), transfer.reversed_on), *averaged(transfer, caused)]


def averaged(document: Any, caused: list[Caused]) -> list[Expected]:
    """Some of a foreign currency was spent before the reversal: exchange differences, without amounts of their own."""
    return [Expected(document.reversed_on, {}) for _ in caused[1:] if document.reversed_on]


def _expect_in_kind(found: Any, caused: list[Caused]) -> list[Expected]:
    value, functional = to_amount(found.amount), functional_currency()
    account = f"{policy.PROJECTS}{found.project.code}:{policy.IN_KIND}"
    key = (account, policy.POOL, found.project.code, functional)
    minor = value.minor if value.currency == functional else sum_legs(caused[:1], (account,)).get(key, 0)
    income = (GIVEN_IN_KIND + found.donor.code, policy.POOL, "", functional)
    return [Expected(found.dated_on, {key: minor, income: -minor}, found.reversed_on)]


RUNS = (
    Kind(
        Revaluation,
        day="dated_on",
        accounts=(policy.UNREALISED,),
        expect=_expect_revaluation,
        acts=acts_of("revalue", "reverse revaluation", "reversed_on"),
        related=(),
        lines=fetch_lines("lines", RevaluationLine.objects.all()),
        by_month=True,
    ),
    Kind(
        Recovery,
        day="dated_on",
        accounts=(policy.PROJECTS, SECRETARIAT),
        expect=_expect_recovery,
        acts=acts_of("recover indirect cost", "reverse recovery", "reversed_on"),
        related=(),
        lines=fetch_lines("lines", RecoveryLine.objects.select_related("project")),
        by_month=True,
    ),
    Kind(
        Interest,
        day="month",
        accounts=(policy.BANK, INTEREST),
        expect=_expect_interest,
        acts=acts_of("record interest", "reverse interest", "reversed_on"),
        related=("bank_account",),
        lines=fetch_lines("lines", InterestLine.objects.all()),
        parts="shares",
        by_month=True,
    ),
    Kind(
        SecretariatPayment,
        day="dated_on",
        accounts=(policy.BANK, SECRETARIAT),
        expect=_expect_payment,
        acts=acts_of_decided("secretariat payment", "reverse secretariat payment"),
        related=("bank_account",),
        lines=fetch_lines("lines", SecretariatPaymentLine.objects.all()),
        parts="lines",
    ),
    Kind(
        BankCharge,
        day="dated_on",
        accounts=(policy.BANK, policy.BANK_CHARGES),
        expect=_expect_bank_charge,
        acts=acts_of("record bank charge", "reverse bank charge", "reversed_on"),
        related=("bank_account",),
        lines=fetch_lines("lines", BankChargeLine.objects.all()),
        parts="lines",
    ),
    Kind(
        Transfer,
        day="dated_on",
        accounts=(policy.BANK, policy.BANK_CHARGES),
        expect=_expect_transfer,
        acts=acts_of("record transfer", "reverse transfer", "reversed_on"),
        related=("source", "target"),
        lines=fetch_lines("lines", TransferLine.objects.all()),
        parts="lines",
    ),
    Kind(
        InKind,
        day="dated_on",
        accounts=(policy.PROJECTS, GIVEN_IN_KIND),
        expect=_expect_in_kind,
        acts=acts_of("record in kind", "reverse in-kind contribution", "reversed_on"),
        related=("donor", "project"),
    ),
)
