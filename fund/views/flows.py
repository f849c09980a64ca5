"""Follow the money: for the fund, for a donor, a contribution or a project, and up from a payment."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from fund.forms.flows import FlowForm
from fund.models import Advance, AdvanceReport, Disbursement
from fund.queries.attachments import find_document
from fund.queries.flows import Flow, follow, name_use
from fund.queries.payments import load_payments, payments, trace_payment
from fund.queries.spending import Chosen, find_spent, load_spent
from fund.views.flow_links import Links, PaymentLinks
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
        context = self.get_context_data(form=form, page_obj=page)
        shown = show_flow(flow, Links(flow.asked, read_query(form)))
        return self.render_to_response(context | shown, status=200 if form.is_valid() else 422)

    def paginate(self, flow: Flow) -> Any:
        """The asked page of payments, each with what it charges."""
        found = payments(flow.asked, {source.fund for source in flow.sources})
        page: Any = LongListPaginator(found, PAYMENTS).get_page(self.request.GET.get("page"))
        page.object_list = load_payments(page.object_list, flow)
        return page


class SpentPage(PlainPage):
    """What makes up an amount of a flow: every entry that spent some of it, of payments and reports alike."""

    template_name = "fund/spent.html"
    permission_required = "fund.view_disbursement"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form, query = FlowForm(self.request.GET), self.request.GET
        if not form.is_valid():
            raise Http404
        flow = follow(form.to_asked())
        chosen = Chosen(query.get("what", ""), query.get("in", ""), query.get("for", ""))
        spent = find_spent(flow, chosen)
        page: Any = LongListPaginator(spent.rows, PAYMENTS).get_page(query.get("page"))
        page.object_list = load_spent(page.object_list)
        back = f"{reverse('fund:flow')}?{urlencode(read_query(form))}"
        what = name_use(chosen.what) if page.object_list else _("Spent")
        shown = {"flow": flow, "chosen": chosen, "what": what, "back": back}
        return super().get_context_data(spent=spent, page_obj=page, **shown, **context)


def read_query(form: FlowForm) -> dict[str, str]:
    """What the form was asked, for an address; of a form with mistakes nothing."""
    return {name: form.data[name] for name in form.fields if form.data.get(name)} if form.is_valid() else {}


class PaymentFlowPage(PlainPage):
    """Whose money paid for a payment, or for what a partner reported of an advance."""

    template_name = "fund/payment_flow.html"
    permission_required = "fund.view_disbursement"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        document = find_document(context["number"])
        if not isinstance(document, Disbursement | Advance | AdvanceReport):
            raise Http404
        flow = trace_payment(document, until=timezone.localdate())
        links = PaymentLinks(document, flow.asked)
        shown = {"document": document, "day": getattr(document, document.DAY)}
        # What is paid in for a payment is what it spent: its tables say so, and figures above them would mislead.
        return super().get_context_data(**shown, **context) | show_flow(flow, links) | {"figures": ()}
