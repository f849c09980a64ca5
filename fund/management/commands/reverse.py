from collections.abc import Callable
from typing import Any

from django.core.management import CommandError, CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import describe_prepared, read_day
from fund.management.base import ChangeCommand, Say
from fund.models import (
    REVERSIBLE,
    RUNS,
    AdvanceReturn,
    Agreement,
    Application,
    BankReconciliation,
    Decided,
    Document,
    Letter,
    Milestone,
    Pledge,
    Receipt,
)
from fund.operations.advance_returns import reverse_return
from fund.operations.applications import reverse_application
from fund.operations.cancellations import prepare_cancellation
from fund.operations.decided_reversals import prepare_reversal
from fund.operations.letters import withdraw_letter
from fund.operations.milestones import reverse_milestone
from fund.operations.pledges import withdraw_pledge
from fund.operations.reconciliations import withdraw_reconciliation
from fund.operations.reversals import reverse_receipt, reverse_run

TECHNICAL_USER = "console"

# What reverses each kind of document or withdraws it, or prepares what another person approves: that is returned then.
# It takes the document, `on`, `reason` and `by`.
REVERSALS: dict[type[Document], Callable[..., Decided | None]] = {
    Pledge: withdraw_pledge,
    Agreement: prepare_cancellation,
    Letter: withdraw_letter,
    BankReconciliation: withdraw_reconciliation,
    Receipt: reverse_receipt,
    Application: reverse_application,
    Milestone: reverse_milestone,
    AdvanceReturn: reverse_return,
    **dict.fromkeys(RUNS, reverse_run),
    **dict.fromkeys(REVERSIBLE, prepare_reversal),
}


class Command(ChangeCommand):
    help = "Reverses a document that was posted in error: its opposite is posted, and both stay in the journal."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("number", metavar="NUMBER", help="the document, such as RCT-2026-0001")
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="the day of the reversal")
        parser.add_argument("--reason", required=True, help="it stands in the journal for good")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        document, act = find_reversal(options["number"].strip())
        prepared = act(document, on=options["on"], reason=options["reason"], by=by)
        say(describe_prepared(prepared) if prepared else f"{document} is reversed.")


def find_reversal(number: str) -> tuple[Document, Callable[..., Decided | None]]:
    """The document with a number, and what reverses it. Raises CommandError."""
    for model, act in REVERSALS.items():
        found = model._default_manager.filter(number=number).first()
        if found:
            return found, act
    kinds = ", ".join(sorted(str(model._meta.verbose_name_plural) for model in REVERSALS))
    raise CommandError(f"{number} is no document that can be reversed. There are: {kinds}.")
