"""What the books must have of a receipt, whole, in parts or not identified, and of what was applied."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from fund import policy
from fund.checks.posted import Expected, Key, Sums, negate, sum_legs
from fund.errors import StateUnfit
from fund.models import Agreement, Application, Identity, Receipt
from fund.money import read_amount, to_amount
from ledger.causes import Caused
from ledger.money import Amount
from ledger.queries import functional_currency

RECEIPT_ACCOUNTS = (
    policy.BANK,
    policy.BANK_CHARGES,
    policy.UNAPPLIED,
    policy.UNIDENTIFIED,
    *policy.OWED,
)


def owed_prefix(agreement: Agreement | None) -> str:
    """The accounts that hold what is owed of an agreement."""
    return policy.RECEIVABLE if agreement is None or agreement.is_receivable else policy.COMMITTED


def expect_receipt(receipt: Any, caused: list[Caused]) -> list[Expected]:
    """The entries of a receipt: when it came, each time that it was placed, and exchange differences of reversals."""
    if receipt.identity != Identity.KNOWN:
        return list(_expect_deposit(receipt, caused))
    sums = _sum_whole(receipt, caused) if receipt.donor else _sum_parts(receipt, receipt.part_rows, caused[:1])
    # Some of a foreign currency was spent before the reversal: exchange differences, without amounts of their own.
    averaged = [Expected(receipt.reversed_on, {}) for _ in caused[1:] if receipt.reversed_on]
    return [Expected(receipt.received_on, sums, receipt.reversed_on), *averaged]


def _sum_whole(receipt: Any, caused: list[Caused]) -> Sums:
    agreement = receipt.agreement
    fund = agreement.sub_fund if agreement else policy.POOL
    amount, excess = read_amount(receipt, "amount"), read_amount(receipt, "excess")
    sums: Sums = {(receipt.bank_account.account, fund, "", amount.currency): amount.minor}
    charges = read_amount(receipt, "charges")
    if charges.minor:
        # Of charges in another currency, the functional amount is the books' own matter.
        booked = sum(sum_legs(caused[:1], (policy.BANK_CHARGES,)).values())
        charged = charges.minor if charges.currency == functional_currency() else booked
        sums[policy.BANK_CHARGES, fund, "", functional_currency()] = charged
    for line in receipt.rows:
        settled = read_amount(line, "amount")
        owed = owed_prefix(agreement) + receipt.donor.code
        sums[owed, fund, line.instalment.reference, settled.currency] = -settled.minor
    if excess.minor:
        # Which instalment the excess goes beyond is the books' own matter.
        beyond = (key for key in sum_legs(caused[:1], (policy.UNAPPLIED,)))
        instalment = next((key[2] for key in beyond), "")
        sums[policy.UNAPPLIED + receipt.donor.code, fund, instalment, excess.currency] = -excess.minor
    return sums


def _sum_parts(receipt: Receipt, parts: Sequence[Any], caused: Sequence[Caused]) -> Sums:
    """What parts bring into their sub-funds. They add up to the receipt, each to what it settles and what is beyond."""
    sums: defaultdict[Key, int] = defaultdict(int)
    whole, total = read_amount(receipt, "amount"), 0
    for part in parts:
        amount, settled, excess = (to_amount(money) for money in (part.amount, part.settled, part.excess))
        agreement = part.instalment.agreement if part.instalment else None
        fund = agreement.sub_fund if agreement else policy.POOL
        total += amount.minor
        sums[receipt.bank_account.account, fund, "", amount.currency] += amount.minor
        if part.instalment:
            reference = part.instalment.reference
            sums[owed_prefix(agreement) + part.donor.code, fund, reference, settled.currency] -= settled.minor
            sums[policy.UNAPPLIED + part.donor.code, fund, reference, excess.currency] -= excess.minor
        elif settled.minor or excess.minor:
            raise StateUnfit("A part that is a gift settles nothing, and nothing is beyond it.")
    if total != whole.minor:
        raise StateUnfit(f"It is of {whole}, its parts add up to {Amount(total, whole.currency)}.")
    _check_donors(parts, caused)
    return {key: minor for key, minor in sums.items() if minor}


def _check_donors(parts: Iterable[Any], caused: Iterable[Caused]) -> None:
    """Whose money it is stands with the postings that bring it. Raises StateUnfit."""
    stated: defaultdict[str, int] = defaultdict(int)
    for part in parts:
        stated[part.donor.code] += to_amount(part.amount).minor
    for entry in caused:
        brought: defaultdict[str, int] = defaultdict(int)
        for leg in entry.legs:
            if leg.party and leg.account.startswith(policy.BANK):
                brought[leg.party] += leg.amount
        if brought != stated:
            raise StateUnfit(f"Its parts are of other donors than {entry.number} names.")


def _expect_deposit(receipt: Any, caused: list[Caused]) -> Iterator[Expected]:
    """A deposit that was not identified at first. What it is now follows from what became of it."""
    amount = read_amount(receipt, "amount")
    held: Sums = {
        (receipt.bank_account.account, policy.GENERAL, "", amount.currency): amount.minor,
        (policy.UNIDENTIFIED, policy.GENERAL, receipt.number, amount.currency): -amount.minor,
    }
    yield Expected(receipt.received_on, held, receipt.reversed_on)
    identity, place = Identity.OPEN, 1
    for placement in receipt.placement_rows:
        moved = dict(negate(held))
        if not placement.returned:
            parts = [part for part in receipt.part_rows if part.placement_id == placement.pk]
            moved |= _sum_parts(receipt, parts, caused[place : place + 1])
        yield Expected(placement.placed_on, moved, placement.undone_on)
        place += 1
        while placement.undone_on and place < len(caused) and _is_difference(caused[place], placement.undone_on):
            yield Expected(placement.undone_on, {})
            place += 1
        if placement.undone_on is None:
            identity = Identity.RETURNED if placement.returned else Identity.IDENTIFIED
    yield from (Expected(receipt.reversed_on, {}) for _ in caused[place:] if receipt.reversed_on)
    if receipt.identity != identity:
        raise StateUnfit(
            f"It says that it is {receipt.get_identity_display().lower()}; it is {identity.label.lower()}."
        )


def _is_difference(entry: Caused, on: date) -> bool:
    """Whether an entry of a day is an exchange difference, without amounts of its own."""
    return entry.on == on and not any(sum_legs([entry], RECEIPT_ACCOUNTS).values())


def acts_of_receipt(receipt: Any) -> list[str]:
    """What the audit must have of a receipt."""
    placements = [] if receipt.identity == Identity.KNOWN else receipt.placement_rows
    acts = ["return deposit" if placement.returned else "identify deposit" for placement in placements]
    acts += ["undo placement" for placement in placements if placement.undone_on]
    return ["record receipt", *acts, *(["reverse receipt"] if receipt.reversed_on else [])]


def expect_application(application: Application, caused: list[Caused]) -> list[Expected]:
    """The entry of an application: out of the unapplied balance, into what it is applied to, with the cash."""
    amount, settled = read_amount(application, "amount"), read_amount(application, "settled")
    source, target, donor = application.source, application.instalment, application.donor.code
    out = source.agreement.sub_fund
    into = target.agreement.sub_fund if target else policy.POOL
    sums: Sums = {(policy.UNAPPLIED + donor, out, source.reference, amount.currency): amount.minor}
    if application.bank_account:
        bank = application.bank_account.account
        sums[bank, out, "", amount.currency] = -amount.minor
        sums[bank, into, "", amount.currency] = amount.minor
    if target:
        sums[owed_prefix(target.agreement) + donor, into, target.reference, settled.currency] = -settled.minor
    averaged = [Expected(application.reversed_on, {}) for _ in caused[1:] if application.reversed_on]
    return [Expected(application.applied_on, sums, application.reversed_on), *averaged]
