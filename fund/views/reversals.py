"""Reversals of what two persons decided: asked for on the document's page, decided by another person."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from fund.models import Allocation, Decided, Document, Reversal, State
from fund.operations.decided_reversals import prepare_reversal
from fund.queries.approvals import entries_to_reverse, find_waiting_reversal
from fund.views.corrections import OneAtATime, ReversalPage
from fund.views.decisions import PREPARED, ApprovePage, DecidedPage, RejectPage, describe_reversals
from fund.views.records import permission_name


class ReversalNew(OneAtATime, ReversalPage):
    """Prepares the reversal of a document of one kind."""

    model: ClassVar[type[Document]] = Allocation
    title = _("Prepare the reversal of %(number)s")
    success_message = PREPARED
    extra_context = {
        "submit": _("Prepare"),
        "dismiss": _("Keep it"),
        "busy": _("Preparing…"),
        "danger": True,
        "lead": _("Another person approves it. Then the opposite entry is posted, and both stay in the journal."),
    }

    def get_permission_required(self) -> tuple[str, ...]:
        return (permission_name("change", self.model),)

    def find_waiting(self) -> Decided | None:
        return find_waiting_reversal(self.document)

    def act(self, form: Any, formsets: list[Any]) -> Reversal:
        return prepare_reversal(self.document, **form.cleaned_data, by=self.user)


class ReversalDetail(DecidedPage[Reversal]):
    """A reversal: of what, on which day and why, and who decides; while it waits, the entries that it reverses.

    Once it is rejected, the next attempt begins there too.
    """

    model = Reversal
    queryset = Reversal.objects.select_related("created_by", "decided_by")
    template_name = "fund/reversal_detail.html"
    permission_required = "fund.view_reversal"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if self.object.is_waiting:
            context = {"entries": entries_to_reverse(self.object.original)} | context
        elif self.object.state == State.REJECTED:
            again = describe_reversals(self.object.original, by=self.user)["can_reverse"]
            context = {"can_reverse": again} | context
        return super().get_context_data(**context)


class ReversalApprove(ApprovePage, ReversalDetail):
    """Approves a reversal at a press."""


class ReversalReject(RejectPage):
    """Asks why a reversal is rejected, and rejects it."""

    model = Reversal
