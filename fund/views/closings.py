"""The closed periods with their certificates, and the button that closes the next one."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fund.forms.closings import ClosingForm
from fund.operations.closings import close_period
from fund.queries.closings import find_due
from fund.queries.people import add_person_names
from fund.queries.period_end import find_open
from fund.views.pages import FormPage, Page
from ledger.certificates import render_certificate
from ledger.errors import PeriodUnknown
from ledger.queries import closings, get_closing, make_certificate, next_period


class ClosingList(FormPage):
    """Every closed period, the latest first. Everybody who reads the books sees them; officers close the next one."""

    template_name = "fund/closing_list.html"
    success_message = _("{} is closed. Keep its certificate outside this system.")

    def get_permission_required(self) -> tuple[str, ...]:
        reads = self.request.method in ("GET", "HEAD", "OPTIONS")
        return ("fund.view_auditrecord" if reads else "fund.close_period",)

    def make_form(self, data: Any = None) -> forms.Form:
        return ClosingForm(data, initial={"period": str(next_period() or "")})

    def act(self, form: Any, formsets: list[Any]) -> str:
        return close_period(form.cleaned_data["period"], by=self.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        due = find_due(today=timezone.localdate())
        waiting = find_open(due.period) if due and due.is_over and due.period.month else []
        found = add_person_names(closings().order_by("-id"), "closed_by")
        return super().get_context_data(due=due, waiting=waiting, closings=found, **context)

    def get_success_url(self, made: str) -> str:
        return reverse("fund:closing-list")


class CertificateDownload(Page):
    """Sends the certificate of a closed period, the same to the byte every time."""

    permission_required = "fund.view_auditrecord"

    def get(self, request: HttpRequest, period: str) -> HttpResponse:
        try:
            certificate = make_certificate(get_closing(period))
        except PeriodUnknown as problem:
            raise Http404(problem.message) from None
        name = f"certificate-{certificate.period}.txt"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(render_certificate(certificate), content_type="text/plain; charset=utf-8", headers=headers)
