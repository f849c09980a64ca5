"""Indirect cost recovery: the terms of sub-funds, and the runs that charge by them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import User

from fund import policy, policy_treasury
from fund.errors import CodeTaken, NothingToPost, RunOutOfOrder, ValueInvalid
from fund.models import Project, Recovery, RecoveryBase, RecoveryLine, RecoveryTerms
from fund.money import to_amount, to_money
from fund.operations import acts, limits
from fund.operations.months import get_month, take_run_number
from fund.operations.releases import find_releases
from fund.policy import Release
from fund.policy_treasury import INDIRECT_COST, Recovered
from fund.queries.recoveries import Charge, plan_recovery
from fund.queries.sub_funds import find_earmark
from ledger.money import Amount
from ledger.operations import writing
from ledger.queries import Scope, functional_currency, get_total

_MOST_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Terms:
    """What a sub-fund bears: see RecoveryTerms. `exempt` and `ceiling` are functional; None where there is none."""

    starts_on: date
    rate: Decimal
    base: str
    exempt: Amount | None = None
    ceiling: Amount | None = None


def set_recovery_terms(*, fund: str, terms: Terms, by: User) -> RecoveryTerms:
    """Sets the terms of a sub-fund from a day on. A rate of 0 charges nothing from then on.

    Terms begin after the last run, which charged by those before. Raises CodeTaken, RunOutOfOrder, ValueInvalid.
    """
    acts.require(by, "add_recoveryterms")
    _check_terms(terms)
    with writing():
        _check_begins(fund, terms.starts_on)
        found = RecoveryTerms(fund=fund, starts_on=terms.starts_on, base=terms.base, created_by=by)
        found.rate = terms.rate.quantize(Decimal("0.01"))
        found.exempt, found.ceiling = _limit(terms.exempt, "exempt"), _limit(terms.ceiling, "ceiling")
        found.save(force_insert=True)
        acts.record("set recovery terms", fund, by=by, detail=describe_terms(found), of=found)
    return found


def describe_terms(terms: RecoveryTerms) -> str:
    """What the audit record of terms says: what is free and the ceiling only where they are set."""
    exempt, ceiling = to_amount(terms.exempt), to_amount(terms.ceiling)
    limits_ = [f"the first {exempt} free"] if exempt.minor else []
    limits_ += [f"at most {ceiling}"] if ceiling.minor else []
    return ", ".join([f"{terms.rate} per cent of {terms.base} from {terms.starts_on}", *limits_])


def _check_terms(terms: Terms) -> None:
    exponent = terms.rate.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -2 or not 0 <= terms.rate <= _MOST_PERCENT:
        raise ValueInvalid("A rate is from 0 to 100 per cent, with at most 2 decimals.", field="rate")
    if terms.base not in RecoveryBase.values:
        raise ValueInvalid("Charge on expenditure or on receipts.", field="base")


def _limit(amount: Amount | None, field: str) -> object:
    if amount is None:
        return to_money(Amount(0, functional_currency()))
    acts.check_positive(amount, field)
    if amount.currency != functional_currency():
        raise ValueInvalid(f"It is in {functional_currency()}.", field=field)
    return to_money(amount)


def _check_begins(fund: str, starts_on: date) -> None:
    if fund != policy.POOL:
        acts.check_not_before(starts_on, limits.get_earmark(fund, field="fund").signed_on, "starts_on")
    latest = RecoveryTerms.objects.filter(fund=fund).order_by("-starts_on").first()
    if latest and starts_on <= latest.starts_on:
        raise CodeTaken(f"{fund} has terms from {latest.starts_on}: begin later.", field="starts_on")
    lines = RecoveryLine.objects.filter(fund=fund, run__reversed_on=None)
    charged = lines.order_by("-run__dated_on").values_list("run__dated_on", flat=True).first()
    if charged and starts_on <= charged:
        raise RunOutOfOrder(f"{fund} is charged up to {charged}: begin later.", field="starts_on")


def run_recovery(*, month: str, by: User) -> Recovery:
    """[15] Charges what is due up to the month's end and not charged yet; gives back what is charged beyond it.

    Raises AllocationExceeded where a project's allocation does not suffice, NothingToPost, RunOutOfOrder, MonthNotOver,
    YearNotOpen, PeriodClosed.
    """
    acts.require(by, "add_recovery")
    period = get_month(month)
    with writing():
        acts.check_day(period.ends_on, "month")
        _check_order(period.ends_on)
        charges = plan_recovery(period.ends_on).charges
        if not charges:
            raise NothingToPost(f"All indirect cost up to {period.ends_on} is charged: nothing to post.")
        for charge in charges:
            limits.check_allocation(charge.project, charge.fund, charge.amount, on=period.ends_on, field="month")
        run = Recovery(number=take_run_number(Recovery, period), dated_on=period.ends_on, created_by=by)
        run.save(force_insert=True)
        _save_lines(run, charges)
        recovered = [Recovered(charge.fund, charge.project, charge.amount) for charge in charges]
        currency = functional_currency()
        draft = policy_treasury.recover(
            number=run.number,
            on=run.dated_on,
            charges=recovered,
            currency=currency,
            releases=_find_releases(charges, period.ends_on),
        )
        acts.post(draft, by=by)
        total = Amount(sum(charge.amount for charge in charges), currency)
        acts.record("recover indirect cost", run, by=by, detail=str(total))
    return run


def _find_releases(charges: Sequence[Charge], on: date) -> list[Release]:
    """What becomes income as conditions are met by the cost; what is given back is deferred again.

    No more than earlier runs released of the sub-fund is deferred again.
    """
    spent: defaultdict[str, int] = defaultdict(int)
    for charge in charges:
        spent[charge.fund] += charge.amount
    found = find_releases([policy.Charge(fund, "", INDIRECT_COST, amount) for fund, amount in spent.items()], on=on)
    for fund in (fund for fund, amount in spent.items() if amount < 0):
        released = get_total(Scope(accounts=(policy.DEFERRED,), funds=(fund,), kinds=("recovery",))).functional
        agreement = find_earmark(fund)
        if agreement and released > 0:
            found.append(Release(fund, agreement.donor.code, max(spent[fund], -released)))
    return found


def _check_order(on: date) -> None:
    latest = Recovery.objects.filter(reversed_on=None).order_by("-dated_on").first()
    if latest and on < latest.dated_on:
        raise RunOutOfOrder(
            f"{latest} charged all up to {latest.dated_on}, earlier months too. Run {latest.dated_on:%Y-%m} or later.",
            field="month",
        )


def _save_lines(run: Recovery, charges: list[Charge]) -> None:
    projects = Project.objects.in_bulk({charge.project for charge in charges}, field_name="code")
    currency = functional_currency()
    RecoveryLine.objects.bulk_create(
        RecoveryLine(
            run=run,
            fund=charge.fund,
            project=projects[charge.project],
            due=to_money(Amount(charge.due, currency)),
            amount=to_money(Amount(charge.amount, currency)),
        )
        for charge in charges
    )
