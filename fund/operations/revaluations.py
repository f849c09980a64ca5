"""Revaluation runs: money items in other currencies at the closing rates of a month's last day."""

from django.contrib.auth.models import User

from fund import policy_treasury
from fund.errors import NothingToPost, RateMissing
from fund.models import Revaluation, RevaluationLine
from fund.money import to_money
from fund.operations import acts
from fund.operations.months import get_month, take_run_number
from fund.queries.revaluations import Revalued, plan_revaluation
from ledger.money import Amount
from ledger.operations import writing
from ledger.queries import functional_currency


def run_revaluation(*, month: str, by: User) -> Revaluation:
    """[20] Carries every item at its closing rate. A second run of a month posts what is new since.

    Raises RateMissing where a currency has no rate, NothingToPost, MonthNotOver, YearNotOpen, PeriodClosed.
    """
    acts.require(by, "add_revaluation")
    period = get_month(month)
    with writing():
        acts.check_day(period.ends_on, "month")
        plan = plan_revaluation(period.ends_on)
        if plan.missing:
            raise RateMissing(" ".join(plan.missing.values()), field="month")
        if not plan.changed:
            raise NothingToPost(f"Everything is carried at the rates of {period.ends_on}: nothing to post.")
        run = Revaluation(number=take_run_number(Revaluation, period), dated_on=period.ends_on, created_by=by)
        run.save(force_insert=True)
        RevaluationLine.objects.bulk_create(_to_line(run, one) for one in plan.changed)
        currency = functional_currency()
        draft = policy_treasury.revalue(
            number=run.number,
            on=run.dated_on,
            items=[one.item for one in plan.changed],
            rates={one.item.amount.currency: one.rate for one in plan.changed},
            currency=currency,
        )
        assert draft
        acts.post(draft, by=by)
        acts.record("revalue", run, by=by, detail=f"{len(plan.changed)} items: {Amount(plan.difference, currency)}")
    return run


def _to_line(run: Revaluation, one: Revalued) -> RevaluationLine:
    item, currency = one.item, functional_currency()
    return RevaluationLine(
        run=run,
        account=item.account,
        fund=item.fund,
        instalment=item.instalment,
        amount=to_money(item.amount),
        rate=one.rate,
        before=to_money(Amount(item.functional, currency)),
        after=to_money(Amount(one.after, currency)),
    )
