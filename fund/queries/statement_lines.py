"""What a donor's statement is made of. Its making is in `statements`.

Amounts are in minor units of the functional currency, positive, unless a name says otherwise.
"""

from dataclasses import dataclass
from datetime import date

from djmoney.money import Money

from fund.models import Agreement, Donor, InKind, Instalment, Pledge, Receipt
from fund.policy import Carried
from fund.queries.contributions import Standing
from fund.queries.figures import Figures
from fund.queries.refunds import RefundLine
from fund.queries.shares import PoolShare, name_category
from ledger.queries import Total


@dataclass(frozen=True, slots=True)
class PledgeLine:
    """A pledge less what was withdrawn or lapsed, and what of it is not signed."""

    pledge: Pledge
    pledged: Carried
    open: Carried


@dataclass(frozen=True, slots=True)
class InstalmentLine:
    """An instalment with its standing, in the agreement's currency."""

    instalment: Instalment
    standing: Standing
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """An agreement with its figures, in the functional currency and in its own."""

    agreement: Agreement
    currency: str
    figures: Figures
    own: Figures
    instalments: tuple[InstalmentLine, ...]
    overdue: int


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A receipt, or the donor's part of one: of an agreement, by its number, or of none, a gift."""

    receipt: Receipt
    agreement: str
    amount: Money
    charges: Money
    excess: Money

    @property
    def number(self) -> str:
        """The receipt's number."""
        return self.receipt.number


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """What was spent on a project in one category: of the donor's own sub-funds, and the share of the pool's."""

    project: str
    title: str
    category: str
    own: int
    share: int

    @property
    def category_label(self) -> str:
        """What the category is called."""
        return name_category(self.category)

    @property
    def total(self) -> int:
        """The two together."""
        return self.own + self.share


@dataclass(frozen=True, slots=True)
class InKindLine:
    """What the donor gave in kind, with its value in the functional currency. No part of what was received or spent."""

    gift: InKind
    value: int


@dataclass(frozen=True, slots=True)
class FundLine:
    """One of the donor's sub-funds, or the share of the pool: paid in, less spent and other costs, is the balance.

    `paid_in` is what was received, less what is unapplied or went back; `other` is bank charges less exchange gains and
    the like, negative where the gains are more. `trial_balance` is the sub-fund's own, and empty for the share.
    `obligated` is the part of the balance that contracts reserve.
    """

    fund: str
    paid_in: int
    spent: int
    other: int
    balance: int
    trial_balance: tuple[Total, ...] = ()
    obligated: int = 0

    @property
    def debit(self) -> int:
        """The debit balances of the trial balance, added up."""
        return sum(max(total.functional, 0) for total in self.trial_balance)

    @property
    def credit(self) -> int:
        """The credit balances, added up: as much."""
        return sum(max(-total.functional, 0) for total in self.trial_balance)


@dataclass(frozen=True, slots=True)
class DonorStatement:
    """Everything that a donor is told, at the end of the day `as_of`. `written_off` of the signed will not be paid."""

    donor: Donor
    as_of: date
    currency: str
    pledges: tuple[PledgeLine, ...]
    agreements: tuple[AgreementLine, ...]
    receipts: tuple[ReceiptRow, ...]
    figures: Figures
    projects: tuple[ProjectLine, ...]
    funds: tuple[FundLine, ...]
    pool: PoolShare | None
    in_kind: tuple[InKindLine, ...] = ()
    written_off: int = 0
    refunds: tuple[RefundLine, ...] = ()

    @property
    def refunded(self) -> int:
        """What went back to the donor, or is agreed to."""
        return sum(line.value for line in self.refunds)

    @property
    def given_in_kind(self) -> int:
        """What was given in kind, at fair value."""
        return sum(line.value for line in self.in_kind)

    @property
    def pledged(self) -> int:
        """What was pledged, less what was withdrawn or lapsed."""
        return sum(line.pledged.functional for line in self.pledges)

    @property
    def pledged_open(self) -> int:
        """What of it is not signed."""
        return sum(line.open.functional for line in self.pledges)

    @property
    def overdue(self) -> int:
        """What of the outstanding was due before the day, carried."""
        return sum(line.overdue for line in self.agreements)

    @property
    def spent_own(self) -> int:
        """What was spent of the donor's own sub-funds."""
        return sum(line.own for line in self.projects)

    @property
    def spent_share(self) -> int:
        """The share of what the pool spent."""
        return sum(line.share for line in self.projects)

    @property
    def spent(self) -> int:
        """What was spent of the donor's money."""
        return self.spent_own + self.spent_share

    @property
    def balance(self) -> int:
        """What is left of the donor's money, in the own sub-funds and of the pool."""
        return sum(line.balance for line in self.funds)

    @property
    def whole(self) -> FundLine:
        """The own sub-funds and the share of the pool together."""
        names = ("paid_in", "spent", "other", "balance", "obligated")
        sums = {name: sum(getattr(line, name) for line in self.funds) for name in names}
        return FundLine(fund="", **sums)
