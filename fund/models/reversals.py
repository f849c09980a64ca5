"""Reversals of what two persons decided: decided by two themselves."""

from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q

from fund.models.advances import Advance, AdvanceReport
from fund.models.base import Decided, State, Undoing
from fund.models.corrections import CORRECTIONS
from fund.models.deposits import DepositReturn
from fund.models.disbursements import Disbursement
from fund.models.projects import Allocation
from fund.models.runs import SecretariatPayment

# Every kind of document that is reversed so. An agreement has its cancellation, an amendment another amendment.
REVERSIBLE: tuple[type[Decided], ...] = (
    Allocation,
    Disbursement,
    SecretariatPayment,
    Advance,
    AdvanceReport,
    DepositReturn,
    *CORRECTIONS,
)


# A report of an advance and the return of a deposit have numbers within others.
REVERSAL_NUMBER = r"[A-Z]{3}-[0-9]{4}-[0-9]+(?:/[DR][0-9]+)?/V[0-9]+"


class Reversal(Undoing):
    """The reversal of a document that another person decided, whose number is `document`.

    Its own is `DSB-2026-0001/V1`; the second attempt after a rejection is `/V2`.
    """

    # Of its document: there is none of its own.
    PREFIX = ""
    ROUTE = "reversal"

    document = models.CharField(max_length=20)

    class Meta(Undoing.Meta):
        ordering = ("document", "position")
        constraints = (
            *Undoing.Meta.constraints,
            models.UniqueConstraint(fields=("document", "position"), name="reversal_position_once"),
            models.UniqueConstraint(
                fields=("document",), condition=~Q(state=State.REJECTED), name="one_reversal_waits_or_stands"
            ),
        )

    @property
    def original_kind(self) -> type[Decided]:
        """The kind of document that it reverses."""
        # The number of a report or a return begins as its advance's or its receipt's does.
        kinds = [kind for kind in REVERSIBLE if self.document.startswith(kind.PREFIX)]
        return kinds[-1] if "/" in self.document else kinds[0]

    @cached_property
    def original(self) -> Any:
        """The document that it reverses."""
        return self.original_kind._default_manager.get(number=self.document)

    @property
    def subject(self) -> str:
        return f"{self.document}: {self.grounds}"

    @property
    def amount(self) -> Any:
        """All of the document."""
        return self.original.amount
