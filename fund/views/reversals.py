"""Reversals of what two persons decided: asked for on the document's page, decided by another person."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.models import Allocation, Document, Reversal, State
from fund.operations.decided_reversals import prepare_reversal
from fund.queries.approvals import find_waiting_reversal
from fund.views.corrections import ReversalPage
from fund.views.decisions import PREPARED, ApprovePage, DecidedPage, RejectPage, describe_reversals
from fund.views.records import permission_name
from ledger.queries import entries_of


class ReversalNew(ReversalPage):
    """Prepares the reversal of a document of one kind; where one waits, it leads there."""

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

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        waiting = find_waiting_reversal(self.document)
        if waiting is None:
            return super().get(request, *args, **kwargs)
        # Said before anything is typed that would be refused.
        messages.info(request, _t("%(number)s awaits approval already.") % {"number": waiting})
        return redirect(waiting.get_absolute_url())

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
            context = {"entries": entries_of(self.object.document)} | context
        elif self.object.state == State.REJECTED:
            again = describe_reversals(self.object.original, by=self.user)["can_reverse"]
            context = {"can_reverse": again} | context
        return super().get_context_data(**context)


class ReversalApprove(ApprovePage, ReversalDetail):
    """Approves a reversal at a press."""


class ReversalReject(RejectPage):
    """Asks why a reversal is rejected, and rejects it."""

    model = Reversal
