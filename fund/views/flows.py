"""Follow the money: for the fund, for a donor, a contribution or a project, and up from a payment."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from fund.forms.flows import FlowForm
from fund.models import Advance, AdvanceReport, Disbursement
from fund.queries.attachments import find_document
from fund.queries.flows import Flow, follow
from fund.queries.payments import load_payments, payments, trace_payment
from fund.views.flow_pictures import show_flow
from fund.views.pages import PlainPage
from fund.views.pagination import LongListPaginator

PAYMENTS = 25


class FlowPage(PlainPage):
    """Where money came from, what became of it, and the payments that it paid for."""

    template_name = "fund/flow.html"
    permission_required = "fund.view_agreement"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = FlowForm(request.GET)
        flow = follow(form.to_asked())
        page = self.paginate(flow)
        context = self.get_context_data(form=form, of=request.GET.get("of", ""), page_obj=page)
        return self.render_to_response(context | show_flow(flow, links=True), status=200 if form.is_valid() else 422)

    def paginate(self, flow: Flow) -> Any:
        """The asked page of payments, each with what it charges."""
        found = payments(flow.asked, {source.fund for source in flow.sources})
        page: Any = LongListPaginator(found, PAYMENTS).get_page(self.request.GET.get("page"))
        page.object_list = load_payments(page.object_list, flow)
        return page


class PaymentFlowPage(PlainPage):
    """Whose money paid for a payment, or for what a partner reported of an advance."""

    template_name = "fund/payment_flow.html"
    permission_required = "fund.view_disbursement"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        document = find_document(context["number"])
        if not isinstance(document, Disbursement | Advance | AdvanceReport):
            raise Http404
        flow = trace_payment(document, until=timezone.localdate())
        shown = {"document": document, "day": getattr(document, document.DAY)}
        # What is paid in for a payment is what it spent: its tables say so, and figures above them would mislead.
        return super().get_context_data(**shown, **context) | show_flow(flow, links=True) | {"figures": ()}
