"""Agreements: prepared with their instalments by one person, approved by another, and posted then."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import User

from fund import policy
from fund.countries import check_countries
from fund.errors import CodeTaken, InstalmentsDiffer, PledgeUnfit, ValueInvalid
from fund.models import Agreement, Donor, Instalment, Pledge, Project, Recognition, State
from fund.models.contributions import describe_earmarked
from fund.money import to_amount, to_money
from fund.operations import acts
from fund.operations.approvals import add_approval, decide, get_prepared
from fund.policy import Carried, Party, Share
from fund.queries.contributions import open_pledges
from fund.queries.rates import carry
from fund.recommendations import SECTIONS
from ledger.entries import Draft
from ledger.money import Amount, share, split
from ledger.operations import writing
from ledger.queries import functional_currency


@dataclass(frozen=True, slots=True)
class Due:
    """One instalment before it is recorded."""

    on: date
    amount: Amount


@dataclass(frozen=True, slots=True)
class Earmark:
    """What an earmarked agreement's money is for; what is empty limits nothing.

    `themes` are the numbers of sections of the recommendations.
    """

    projects: Sequence[Project] = field(default_factory=tuple)
    countries: Sequence[str] = field(default_factory=tuple)
    ends_on: date | None = None
    themes: Sequence[int] = field(default_factory=tuple)


def prepare_agreement(
    *,
    donor: Donor,
    signed_on: date,
    amount: Amount,
    instalments: Sequence[Due],
    by: User,
    recognition: str = Recognition.ON_SIGNATURE,
    pledge: Pledge | None = None,
    earmark: Earmark | None = None,
    reference: str = "",
    note: str = "",
) -> Agreement:
    """Records a signed agreement that waits for another person's approval; an `earmark` makes it a sub-fund then.

    Nothing is posted yet, and nothing rests on it. The day, the rate and the pledge are checked here already, so that
    the preparer learns of a refusal at once. Raises InstalmentsDiffer, PledgeUnfit, CodeTaken, RateMissing,
    YearNotOpen, ValueInvalid.
    """
    acts.require(by, "add_agreement")
    acts.check_positive(amount)
    _check_instalments(amount, instalments, signed_on)
    with writing():
        agreement = Agreement(donor=donor, pledge=pledge, signed_on=signed_on, amount=to_money(amount))
        agreement.created_by = by
        agreement.recognition = _check_recognition(recognition, earmark)
        agreement.reference = _check_reference(reference)
        agreement.note = acts.clean_text(note, field="note", longest=300, required=False)
        _check_limits(agreement)
        agreement.number = acts.take_number(Agreement, signed_on)
        _save(agreement, earmark)
        _save_instalments(agreement, instalments)
        detail = f"{donor}: {amount}{describe_earmarked(agreement)}"
        acts.record("prepare agreement", agreement, by=by, detail=detail)
    return agreement


def approve_agreement(agreement: Agreement, *, by: User) -> bool:
    """[2] Approves an agreement and posts it, dated its signature; False where it needs another approver before that.

    The functional amount is that of the day of signature, divided among the instalments. Its pledge is taken off: as
    much as is signed where the currencies agree, otherwise what is left of it. Raises SamePerson, StateUnfit,
    PledgeUnfit, RateMissing, YearNotOpen: they are checked again, since others may have acted between.
    """
    with writing():
        found = get_prepared(agreement, by=by)
        whole, released = _check_limits(found)
        detail = f"{found.donor}: {whole.amount}"
        if not add_approval(found, functional=whole.functional, by=by):
            acts.record("approve agreement as the first of two", found, by=by, detail=detail)
            return False
        acts.post(_to_draft(found, whole, released), by=by)
        decide(found, State.APPROVED, by=by)
        acts.record("approve agreement", found, by=by, detail=detail)
    return True


def _check_limits(agreement: Agreement) -> tuple[Carried, Carried | None]:
    """What the agreement is carried at, and what it takes off its pledge."""
    amount = to_amount(agreement.amount)
    acts.check_day(agreement.signed_on, "signed_on")
    released = _take_off(agreement.pledge, agreement, amount) if agreement.pledge else None
    return carry(amount, agreement.signed_on), released


def _to_draft(agreement: Agreement, whole: Carried, released: Carried | None) -> Draft:
    donor, pledge = agreement.donor, agreement.pledge
    instalments = list(agreement.instalments.order_by("position"))
    amounts = [to_amount(instalment.amount) for instalment in instalments]
    parts = split(whole.functional, [amount.minor for amount in amounts])
    return policy.sign_agreement(
        number=agreement.number,
        donor=Party(donor.code, donor.name),
        on=agreement.signed_on,
        fund=agreement.sub_fund,
        on_signature=agreement.is_receivable,
        instalments=[
            Share(instalment.reference, Carried(amount, part))
            for instalment, amount, part in zip(instalments, amounts, parts, strict=True)
        ],
        currency=functional_currency(),
        conditional=agreement.is_conditional,
        pledge=pledge.number if pledge else "",
        released=released,
    )


def _check_instalments(amount: Amount, instalments: Sequence[Due], signed_on: date) -> None:
    if not instalments:
        raise InstalmentsDiffer("An agreement has at least one instalment.", field="instalments")
    for due in instalments:
        with acts.naming(due, among=instalments):
            acts.check_positive(due.amount, "instalments")
            acts.check_not_before(due.on, signed_on, "instalments")
            if due.amount.currency != amount.currency:
                raise InstalmentsDiffer(f"Instalments are in the agreement's {amount.currency}.", field="instalments")
    total = Amount(sum(due.amount.minor for due in instalments), amount.currency)
    if total != amount:
        difference = Amount(abs(total.minor - amount.minor), amount.currency)
        more = "more" if total.minor > amount.minor else "less"
        raise InstalmentsDiffer(
            f"The instalments add up to {total}, {difference} {more} than the agreement's {amount}.",
            field="instalments",
        )


def _check_recognition(recognition: str, earmark: Earmark | None) -> str:
    if recognition not in Recognition.values:
        raise ValueInvalid("Recognise on signature, as conditions are met, or on receipt.", field="recognition")
    if recognition == Recognition.AS_CONDITIONS_MET and earmark is None:
        raise ValueInvalid(
            "A conditional agreement is earmarked: what is spent of its own sub-fund meets its conditions.",
            field="earmarked",
        )
    return recognition


def _check_reference(reference: str) -> str:
    cleaned = acts.clean_text(reference, field="reference", longest=60, required=False)
    standing = Agreement.objects.filter(cancelled_on=None).exclude(state=State.REJECTED)
    taken = standing.filter(reference=cleaned).first() if cleaned else None
    if taken:
        raise CodeTaken(f"The reference {cleaned} is that of {taken} already.", field="reference")
    return cleaned


def _take_off(pledge: Pledge, agreement: Agreement, amount: Amount) -> Carried:
    """What the agreement takes off its pledge, at the pledge's own carrying amount."""
    if pledge.donor_id != agreement.donor_id:
        raise PledgeUnfit(f"{pledge} is of {pledge.donor}, not of {agreement.donor}.", field="pledge")
    if pledge.announced_on > agreement.signed_on:
        raise PledgeUnfit(f"{pledge} was announced on {pledge.announced_on}, after this.", field="pledge")
    remaining = open_pledges([pledge])[pledge.number]
    if not remaining.amount.minor:
        raise PledgeUnfit(f"Nothing of {pledge} is open: it is signed, withdrawn or lapsed.", field="pledge")
    if remaining.amount.currency != amount.currency or amount.minor >= remaining.amount.minor:
        return remaining
    return Carried(amount, share(remaining.functional, amount.minor, remaining.amount.minor))


def _save(agreement: Agreement, earmark: Earmark | None) -> None:
    if earmark:
        if earmark.ends_on and earmark.ends_on < agreement.signed_on:
            raise ValueInvalid("The earmark ends on the day of signature or later.", field="ends_on")
        agreement.earmarked = True
        agreement.ends_on = earmark.ends_on
        agreement.earmark_themes = _check_themes(earmark.themes)
        agreement.earmark_countries = check_countries(earmark.countries)
    agreement.save(force_insert=True)
    if earmark:
        agreement.earmark_projects.set(earmark.projects)


def _check_themes(numbers: Sequence[int]) -> list[int]:
    known = {section.number for section in SECTIONS}
    unknown = sorted(set(numbers) - known)
    if unknown:
        raise ValueInvalid(f"{unknown[0]} is not a section of the recommendations: 1 to {max(known)}.", field="themes")
    return sorted(set(numbers))


def _save_instalments(agreement: Agreement, instalments: Sequence[Due]) -> None:
    """Saves the instalments, numbered by due day."""
    for position, due in enumerate(sorted(instalments, key=lambda due: due.on), 1):
        reference = f"{agreement.number}/{position}"
        Instalment.objects.create(
            agreement=agreement, position=position, reference=reference, due_on=due.on, amount=to_money(due.amount)
        )
