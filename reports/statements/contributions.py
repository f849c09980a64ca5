"""Contributions by donor and by agreement: pledged, signed, received, outstanding."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fund import policy
from fund.models import Agreement, Donor
from fund.queries.figures import contributions
from ledger.money import Amount
from ledger.queries import Scope, functional_currency, get_total, totals
from reports.sheets import Column, Row, Sheet, amount_column
from reports.statements.period import Period

DONORS = "Contributions by donor"
AGREEMENTS = "Agreements"

# Accounts that end in a donor's code, with the sign that makes their usual balance positive.
_SIGNS = {
    policy.PLEDGED: 1,
    policy.RECEIVABLE: 1,
    policy.COMMITTED: 1,
    policy.UNAPPLIED: -1,
    policy.DEFERRED: -1,
    policy.CONTRIBUTIONS: -1,
    policy.UNIDENTIFIED: -1,
}
_OPENING = "opening"
# In the place of a donor's code: no code is like that.
_NOBODY = "(unidentified)"

DONOR_TITLES = (
    "Pledged, opening",
    "Announced",
    "Turned into agreements",
    "Pledged, closing",
    "Outstanding, opening",
    "Signed",
    "Settled",
    "Other changes",
    "Outstanding, closing",
    "Received",
    "Exchange difference",
    "Unapplied, opening",
    "Unapplied, moved",
    "Unapplied, closing",
    "Deferred, opening",
    "Deferred, moved",
    "Deferred, closing",
    "Income",
)
_DONOR_NOTES = (
    "Outstanding: receivables, and commitments whose income waits for the receipt (memorandum). "
    "Opening + signed + settled + other changes = closing.",
    "Received: all that donors sent in the period, with the charges that banks kept on the way, and gifts without an "
    "agreement. Unapplied: what came beyond what was owed, and waits for the donor's word.",
    "Deferred: income of conditional agreements, once conditions are met.",
    "Exchange difference: what was received less what it settled, less what is unapplied or was income on receipt.",
    "Deposits not identified: what came into GENERAL in the period, less what was identified or returned.",
)


@dataclass
class _Donor:
    """The sums of one donor's accounts: by account, before the period (`opening`) or by kind of event in it."""

    sums: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    received: int = 0

    def total(self, *accounts: str, kind: str = "") -> int:
        """What the accounts add up to: of one kind, or at the end of the period."""
        return sum(sum_ for (account, of), sum_ in self.sums.items() if account in accounts and kind in ("", of))

    def figures(self) -> tuple[int, ...]:
        """The figures of a row, in the order of DONOR_TITLES."""
        pledged, unapplied, income = (policy.PLEDGED,), (policy.UNAPPLIED,), (policy.CONTRIBUTIONS,)
        owed = (self.total(*policy.OWED, kind=kind) for kind in (_OPENING, "agreement", "receipt"))
        opening, signed, settled = owed
        closing = self.total(*policy.OWED)
        on_receipt = self.total(policy.UNAPPLIED, policy.UNIDENTIFIED, policy.CONTRIBUTIONS, kind="receipt")
        exchange = self.received + self.total(policy.RECEIVABLE, kind="receipt") - on_receipt
        unapplied_before = self.total(*unapplied, kind=_OPENING)
        deferred_before = self.total(policy.DEFERRED, kind=_OPENING)
        return (
            self.total(*pledged, kind=_OPENING),
            self.total(*pledged, kind="pledge"),
            self.total(*pledged) - self.total(*pledged, kind=_OPENING) - self.total(*pledged, kind="pledge"),
            self.total(*pledged),
            opening,
            signed,
            settled,
            closing - opening - signed - settled,
            closing,
            self.received,
            exchange,
            unapplied_before,
            self.total(*unapplied) - unapplied_before,
            self.total(*unapplied),
            deferred_before,
            self.total(policy.DEFERRED) - deferred_before,
            self.total(policy.DEFERRED),
            self.total(*income) - self.total(*income, kind=_OPENING),
        )


def contributions_by_donor(period: Period) -> Sheet:
    """One row per donor that anything was pledged, signed, received or owed of, in the functional currency."""
    functional = functional_currency()
    return Sheet(
        DONORS,
        f"Contributions by donor, {period}",
        [
            Column("Donor", 14),
            Column("Name", 34),
            Column("Class", 22),
            *(amount_column(title, functional) for title in DONOR_TITLES),
        ],
        _donor_rows(period, functional),
        notes=_DONOR_NOTES,
    )


def _donor_rows(period: Period, functional: str) -> list[Row]:
    found = _sum_donors(period)
    donors = Donor.objects.in_bulk(field_name="code")
    rows: list[Row] = []
    for code, one in found.items():
        figures, donor = one.figures(), donors.get(code)
        amounts = [Amount(minor, functional) for minor in figures]
        # Postings of who is no donor of the fund would be wrong, and so have to show.
        name, of_class = (donor.name, donor.get_donor_class_display()) if donor else ("", "")
        if code == _NOBODY:
            name = "Deposits not identified"
        if any(figures):
            rows.append([code, name or "not a donor of the fund", of_class or None, *amounts])
    return sorted(rows, key=lambda row: (str(row[1]).casefold(), row[0]))


def _sum_donors(period: Period) -> Mapping[str, _Donor]:
    found: defaultdict[str, _Donor] = defaultdict(_Donor)
    before = Scope(until=period.before, accounts=tuple(_SIGNS))
    during = Scope(since=period.since, until=period.until, accounts=tuple(_SIGNS))
    sums = [(total, _OPENING) for total in totals(before, by=("account",))]
    sums += [(total, total.kind) for total in totals(during, by=("account", "kind"))]
    for total, kind in sums:
        account, donor = _part(total.account)
        found[donor].sums[account, kind] += _SIGNS[account] * total.functional
    for one in contributions(until=period.until):
        found[one.donor].received += one.functional.received
    for one in contributions(until=period.before):
        found[one.donor].received -= one.functional.received
    # What is not identified came into GENERAL, and leaves it when it is.
    general = Scope(period.since, period.until, policy.SENT, funds=(policy.GENERAL,), kinds=("receipt",))
    found[_NOBODY].received = get_total(general).functional
    return found


def _part(account: str) -> tuple[str, str]:
    """The beginning of an account, and the donor's code that ends it."""
    if account == policy.UNIDENTIFIED:
        return account, _NOBODY
    prefix, _, donor = account.rpartition(":")
    return f"{prefix}:", donor


def agreements(period: Period) -> Sheet:
    """One row per agreement, and gift without one, as it stands at the end of the period."""
    functional = functional_currency()
    own = ("Signed", "Received", "Unapplied", "Outstanding")
    return Sheet(
        AGREEMENTS,
        f"Agreements and gifts, as they stand on {period.until}",
        [
            Column("Agreement", 16),
            Column("Donor", 14),
            Column("Name", 34),
            Column("Reference", 18),
            Column("Signed on", 11),
            Column("Income", 14),
            Column("Sub-fund", 15),
            Column("Currency", 9),
            *(Column(title, 17, "own currency", number=True) for title in own),
            *(amount_column(f"{title}, carried", functional) for title in (*own, "Deferred")),
        ],
        list(_agreement_rows(period, functional)),
        notes=["Since the beginning of the books. A receipt without an agreement is a gift, into the pool."],
    )


def _agreement_rows(period: Period, functional: str) -> Iterator[Row]:
    signed = Agreement.objects.in_bulk(field_name="number")
    names = dict(Donor.objects.values_list("code", "name"))
    for one in contributions(until=period.until):
        agreement = signed.get(one.number)
        yield [
            one.number,
            one.donor,
            names[one.donor],
            (agreement.reference or None) if agreement else None,
            agreement.signed_on if agreement else None,
            str(agreement.get_recognition_display()) if agreement else "Gift",
            one.fund,
            one.currency,
            *one.own.amounts(one.currency),
            *one.functional.carried(functional),
        ]
