"""Returns of deposits to their senders: prepared by one person, decided by another, reversed as a mistake."""

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from fund.models import Decided, DepositReturn, Document, Receipt
from fund.operations.deposit_returns import prepare_deposit_return
from fund.queries.receipts import find_waiting_return
from fund.views.corrections import DocumentFormPage, OneAtATime, ReversalPage
from fund.views.decisions import PREPARED, ApprovePage, DecidedPage, RejectPage
from fund.views.reversals import ReversalNew


class ReceiptReturn(OneAtATime, ReversalPage):
    """Prepares the return of an unidentified deposit to its sender."""

    model = Receipt
    permission_required = "fund.add_depositreturn"
    title = _("Prepare the return of %(number)s to its sender")
    success_message = PREPARED
    extra_context = {
        "submit": _("Prepare"),
        "busy": _("Preparing…"),
        "danger": True,
        "lead": _("Another person approves it. Then the cash and the liability leave the books, on this day."),
    }

    def find_waiting(self) -> Decided | None:
        return find_waiting_return(self.document)

    def act(self, form: Any, formsets: list[Any]) -> DepositReturn:
        return prepare_deposit_return(self.document, **form.cleaned_data, by=self.user)


class DepositReturnDetail(DecidedPage[DepositReturn]):
    """The return of a deposit, and who decides on it."""

    model = DepositReturn
    template_name = "fund/deposit_return_detail.html"
    permission_required = "fund.view_depositreturn"

    def get_object(self, queryset: QuerySet[DepositReturn] | None = None) -> DepositReturn:
        found = self.get_queryset().select_related("receipt__bank_account", "created_by", "decided_by")
        return get_object_or_404(found, receipt__number=self.kwargs["number"], position=self.kwargs["position"])


class _ReturnForm(DocumentFormPage):
    """A small form that does something to a return."""

    model: ClassVar[type[Document]] = DepositReturn

    @cached_property
    def document(self) -> Any:
        named = {"receipt__number": self.kwargs["number"], "position": self.kwargs["position"]}
        return get_object_or_404(DepositReturn, **named)


class DepositReturnApprove(ApprovePage, DepositReturnDetail):
    """Approves a return at a press."""


class DepositReturnReject(_ReturnForm, RejectPage):
    """Asks why a return is rejected, and rejects it."""


class DepositReturnReverse(_ReturnForm, ReversalNew):
    """Prepares that a return that was a mistake is reversed."""
