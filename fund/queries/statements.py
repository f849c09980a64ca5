"""A donor's statement at the end of a day: promised, signed, received, owed, and what the money did.

Amounts are in minor units of the functional currency, positive, unless a name says otherwise.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from fund import policy
from fund.models import Agreement, Donor, InKind, Instalment, Pledge, Project, Receipt
from fund.policy import Carried
from fund.policy_treasury import GIVEN_IN_KIND
from fund.queries.contributions import Standing, sum_standings
from fund.queries.donor_documents import DonorDocuments, load_documents
from fund.queries.figures import NOTHING, Contribution, Figures, Sent, combine, sum_deferred
from fund.queries.parts import applied_parts, sent_parts
from fund.queries.refunds import RefundLine, refunded_question
from fund.queries.shares import (
    PoolShare,
    find_balance,
    find_obligated,
    find_paid_in,
    find_spending,
    share_pool,
)
from fund.queries.statement_lines import (
    AgreementLine,
    DonorStatement,
    FundLine,
    InKindLine,
    InstalmentLine,
    PledgeLine,
    ProjectLine,
    ReceiptRow,
)
from ledger.document_sums import InstalmentTotal, document_question, instalment_question
from ledger.money import Amount
from ledger.queries import Scope, Total, add_up, functional_currency, totals_question
from ledger.questions import Question, answer_together

# What the books are asked once for the trial balances of sub-funds, and for who paid into the pool.
_EVERYTHING = ("account", "fund", "kind", "party", "currency")


def make_statement(donor: Donor, *, as_of: date) -> DonorStatement:
    """The statement of one donor. The share of the pool rests on what all donors paid in; nobody else is named."""
    documents = load_documents(donor, as_of=as_of)
    funds = (policy.POOL, *(agreement.sub_fund for agreement in documents.agreements))
    sums, items, refunds, in_kind, everything = answer_together(
        *_questions_of(documents, as_of),
        _in_kind_question(donor, documents.in_kind, as_of),
        totals_question(Scope(until=as_of, funds=funds), by=_EVERYTHING),
    )
    mine = _combine(documents, sums, items, donor, as_of)
    earmarked = [one for one in mine if one.fund != policy.POOL]
    moved = _split_funds(everything)
    pool = share_pool(donor.code, _find_paid_in(everything, policy.POOL), moved[policy.POOL])
    own = [_to_fund(one, moved[one.fund], _sum_back(refunds, one.fund)) for one in earmarked]
    return DonorStatement(
        donor=donor,
        as_of=as_of,
        currency=functional_currency(),
        pledges=_find_pledges(documents.pledges, sums, as_of),
        agreements=_find_agreements(documents, mine, items, as_of),
        receipts=tuple(row for one in documents.receipts if _stands(one, as_of) for row in _to_rows(one)),
        figures=_add_up(one.functional for one in mine),
        projects=_find_projects([moved[one.fund] for one in earmarked], pool),
        funds=(*own, *([_to_share(pool)] if pool else [])),
        pool=pool,
        in_kind=in_kind,
        written_off=_sum_written_off(items),
        refunds=refunds,
    )


# What entries add up to by document, account, kind of event and currency: the amount, the functional amount.
_Sums = Mapping[tuple[str, str, str, str], tuple[int, int]]


def _questions_of(documents: DonorDocuments, as_of: date) -> tuple[Question[Any], ...]:
    """What the books say of receipts and pledges, of instalments and of refunds."""
    numbers = [document.number for document in (*documents.pledges, *documents.receipts)]
    return (
        document_question(numbers, accounts=(*policy.SENT, policy.PLEDGED), until=as_of),
        instalment_question([one.reference for one in documents.instalments], until=as_of),
        refunded_question(documents.refunds, as_of=as_of),
    )


def _sum_written_off(items: Iterable[InstalmentTotal]) -> int:
    return -sum(one.functional for one in items if one.kind == "write_off" and one.account.startswith(policy.OWED))


def contributions_of(donor: Donor, *, as_of: date) -> list[Contribution]:
    """The agreements and gifts of one donor with their figures, as the statement adds them up; less what went back."""
    documents = load_documents(donor, as_of=as_of)
    sums, items, refunds = answer_together(*_questions_of(documents, as_of))
    back: defaultdict[str, int] = defaultdict(int)
    for line in refunds:
        back[line.refund.agreement.number] += line.value
    found = _combine(documents, sums, items, donor, as_of)
    return [replace(one, functional=one.functional.less(Figures(received=back[one.number]))) for one in found]


def _combine(
    documents: DonorDocuments, sums: _Sums, items: Sequence[InstalmentTotal], donor: Donor, as_of: date
) -> list[Contribution]:
    sent = (_to_sent(receipt, donor) for receipt in documents.receipts if receipt.donor_id)
    parts = [*sent_parts(documents.parts, until=as_of)]
    if any(item.account.startswith(policy.UNAPPLIED) for item in items):
        parts += applied_parts(donor, until=as_of)
    conditional = [one.number for one in documents.agreements if one.is_conditional]
    deferred = sum_deferred(conditional, until=as_of) if conditional else {}
    return combine(documents.agreements, sent, sums, items, deferred, parts)


def _in_kind_question(donor: Donor, given: Sequence[InKind], as_of: date) -> Question[tuple[InKindLine, ...]]:
    accounts = (GIVEN_IN_KIND + donor.code,)
    question = document_question([gift.number for gift in given], accounts=accounts, until=as_of)

    def read(posted: _Sums) -> tuple[InKindLine, ...]:
        values = {number: -functional for (number, *_), (_, functional) in posted.items()}
        return tuple(InKindLine(gift, values.get(gift.number, 0)) for gift in given)

    return question.then(read)


def _to_sent(receipt: Receipt, donor: Donor) -> Sent:
    charges = receipt.charges
    agreement = receipt.agreement.number if receipt.agreement else None
    return Sent(receipt.number, agreement, donor.code, receipt.received_on, charges.amount, str(charges.currency))


def _stands(receipt: Receipt, as_of: date) -> bool:
    return receipt.received_on <= as_of and (receipt.reversed_on is None or receipt.reversed_on > as_of)


def _to_rows(receipt: Any) -> Iterator[ReceiptRow]:
    if receipt.donor_id:
        agreement = receipt.agreement.number if receipt.agreement else ""
        yield ReceiptRow(receipt, agreement, receipt.amount, receipt.charges, receipt.excess)
        return
    for part in receipt.shown_parts:
        agreement = part.instalment.agreement.number if part.instalment else ""
        yield ReceiptRow(receipt, agreement, part.amount, receipt.charges, part.excess)


def _add_up(figures: Iterable[Figures]) -> Figures:
    whole = NOTHING
    for one in figures:
        whole = whole.plus(one)
    return whole


def _find_paid_in(everything: Iterable[Total], fund: str) -> dict[str, int]:
    """What each donor paid into a sub-fund, by code."""
    return {donor: amount for (of, donor), amount in find_paid_in(everything).items() if of == fund}


def _sum_back(refunds: Iterable[RefundLine], fund: str) -> int:
    """What went back of an agreement's own sub-fund."""
    return sum(line.value for line in refunds if line.refund.agreement.sub_fund == fund)


def _to_fund(one: Contribution, moved: Sequence[Total], refunded: int) -> FundLine:
    paid_in = one.functional.received - one.functional.unapplied - refunded
    spent, balance = sum(line.amount for line in find_spending(moved)), find_balance(moved)
    shown = tuple(total for total in moved if total.amount or total.functional)
    return FundLine(one.fund, paid_in, spent, paid_in - spent - balance, balance, shown, find_obligated(moved))


def _to_share(pool: PoolShare) -> FundLine:
    return FundLine(
        policy.POOL,
        pool.paid_in_share,
        pool.spent_share,
        pool.other_share,
        pool.balance_share,
        obligated=pool.obligated_share,
    )


def _split_funds(everything: Iterable[Total]) -> defaultdict[str, list[Total]]:
    """The trial balance of each sub-fund."""
    moved: defaultdict[str, list[Total]] = defaultdict(list)
    for total in add_up(everything, by=("account", "fund", "currency")):
        moved[total.fund].append(total)
    return moved


def _find_pledges(pledges: Iterable[Pledge], sums: _Sums, as_of: date) -> tuple[PledgeLine, ...]:
    pledged: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    left: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (number, account, kind, _), amounts in sums.items():
        if account.startswith(policy.PLEDGED):
            for found in (left, pledged) if kind == "pledge" else (left,):
                found[number] = [before + amount for before, amount in zip(found[number], amounts, strict=True)]
    announced = [pledge for pledge in pledges if pledge.announced_on <= as_of]
    return tuple(_to_pledge(pledge, pledged[pledge.number], left[pledge.number]) for pledge in announced)


def _to_pledge(pledge: Pledge, pledged: list[int], left: list[int]) -> PledgeLine:
    currency = str(pledge.amount.currency)
    whole, open_ = (Carried(Amount(amount, currency), functional) for amount, functional in (pledged, left))
    return PledgeLine(pledge, whole, open_)


def _find_agreements(
    documents: DonorDocuments, mine: Sequence[Contribution], items: Sequence[InstalmentTotal], as_of: date
) -> tuple[AgreementLine, ...]:
    by_number = {one.number: one for one in mine if not one.is_gift}
    standings = sum_standings(documents.instalments, items)
    lines: defaultdict[int, list[InstalmentLine]] = defaultdict(list)
    for one in documents.instalments:
        lines[one.agreement_id].append(_to_instalment(one, standings[one.reference], as_of))
    return tuple(
        _to_agreement(agreement, by_number[agreement.number], lines[agreement.pk])
        for agreement in documents.agreements
        if agreement.number in by_number
    )


def _to_agreement(agreement: Agreement, one: Contribution, found: Sequence[InstalmentLine]) -> AgreementLine:
    overdue = sum(line.standing.carried for line in found if line.is_overdue)
    return AgreementLine(agreement, one.currency, one.functional, one.own, tuple(found), overdue)


def _to_instalment(instalment: Instalment, standing: Standing, as_of: date) -> InstalmentLine:
    return InstalmentLine(instalment, standing, standing.outstanding > 0 and instalment.due_on < as_of)


def _find_projects(own: Sequence[Sequence[Total]], pool: PoolShare | None) -> tuple[ProjectLine, ...]:
    sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for spending in (line for fund in own for line in find_spending(fund)):
        sums[spending.project, spending.category][0] += spending.amount
    for shared in pool.spending if pool else ():
        sums[shared.project, shared.category][1] += shared.share
    titles = dict(Project.objects.filter(code__in={project for project, _ in sums}).values_list("code", "title"))
    return tuple(
        ProjectLine(project, titles.get(project, ""), category, *amounts)
        for (project, category), amounts in sorted(sums.items())
    )
