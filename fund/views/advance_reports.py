"""Partners' expenditure reports: recorded by one person, reviewed line by line by another."""

from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.advances import ReportForm, ReportLines, ReviewForm, open_line_choices
from fund.forms.choices import BLANK
from fund.forms.lines import filled_lines
from fund.models import Advance, AdvanceReport, Approval, ReportState
from fund.operations.advance_reports import Spent, record_report, review_report
from fund.queries.advance_reports import add_budgets
from fund.queries.advances import add_open
from fund.views.corrections import DocumentFormPage
from fund.views.decisions import ApprovePage, DecidedPage, LeadingOn, RejectPage
from fund.views.reversals import ReversalNew


class ReportNew(DocumentFormPage):
    """The form of a report, on its advance."""

    model = Advance
    permission_required = "fund.add_advancereport"
    title = _("Expenditure report of %(number)s")
    success_message = _("{} is recorded and awaits another person's review.")
    extra_context = {
        "submit": _("Record the report"),
        "busy": _("Recording…"),
        "lines": {
            "title": _("What was spent"),
            "total_field": "amount",
            "add_label": _("Add a category"),
        },
    }

    @cached_property
    def open_lines(self) -> list[Any]:
        """The lines of the advance of which something is open."""
        return [line for line in add_open([self.document])[0].rows if line.open > 0]

    @property
    def currency(self) -> str:
        """The advance's currency."""
        return str(self.document.amount.currency)

    def make_form(self, data: Any = None) -> forms.Form:
        return ReportForm(data)

    def make_formsets(self, data: Any = None) -> list[BaseFormSet[Any]]:
        choices = open_line_choices(self.open_lines, self.currency)
        only = choices[0][0] if len(choices) == 1 else None
        kwargs = {"choices": {"line": [BLANK, *choices]}, "currency": self.currency, "initial": {"line": only}}
        return [ReportLines(data, prefix="lines", form_kwargs=kwargs)]

    def act(self, form: Any, formsets: list[Any]) -> AdvanceReport:
        rows = {str(line.position): line for line in self.document.lines.all()}
        lines = [Spent(rows[line["line"]], line["category"], line["amount"]) for line in filled_lines(formsets[0])]
        return record_report(self.document, **form.cleaned_data, lines=lines, by=self.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lead = _t("In %(currency)s, as %(partner)s certifies it. Another person reviews it; then it is expense.") % {
            "currency": self.currency,
            "partner": self.document.partner,
        }
        return super().get_context_data(lead=lead, **context)


class ReportDetail(DecidedPage[AdvanceReport]):
    """A report: what was spent beside the budget, what is accepted and questioned, who reviews it, its entries."""

    model = AdvanceReport
    queryset = AdvanceReport.objects.select_related("advance__partner", "created_by", "decided_by")
    template_name = "fund/advance_report_detail.html"
    permission_required = "fund.view_advancereport"

    def get_object(self, queryset: QuerySet[AdvanceReport] | None = None) -> AdvanceReport:
        named = {"advance__number": self.kwargs["number"], "position": self.kwargs["position"]}
        return get_object_or_404(self.get_queryset(), **named)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        judged = self.object.state in (ReportState.APPROVED, ReportState.REVERSED)
        return super().get_context_data(lines=add_budgets(self.object), judged=judged, **context)


class _ReportPage(DocumentFormPage):
    """A small form that does something to a report."""

    model = AdvanceReport

    @cached_property
    def document(self) -> Any:
        named = {"advance__number": self.kwargs["number"], "position": self.kwargs["position"]}
        return get_object_or_404(AdvanceReport.objects.select_related("advance__partner"), **named)


class ReportReview(LeadingOn, _ReportPage):
    """Asks what of each line is accepted, and why not all of it."""

    template_name = "fund/advance_review.html"
    title = _("Review %(number)s")
    success_message: str | Promise = _("{} is accepted and posted.")
    extra_context = {
        "submit": _("Accept and post"),
        "busy": _("Posting…"),
        "lead": _("What you accept becomes expense. What you question stays open on the advance."),
    }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        waits = self.document.is_waiting
        return super().get(request, *args, **kwargs) if waits else redirect(self.document.get_absolute_url())

    def make_form(self, data: Any = None) -> forms.Form:
        reviewed = Approval.objects.filter(document=self.document.number).exists()
        return ReviewForm(data, rows=add_budgets(self.document), reviewed=reviewed)

    def act(self, form: Any, formsets: list[Any]) -> AdvanceReport:
        report: AdvanceReport = self.document
        if not review_report(report, **form.cleaned_data, by=self.user):
            self.success_message = ApprovePage.first_of_two
        return report


class ReportReject(RejectPage, _ReportPage):
    """Asks why a report is rejected as a whole, and rejects it."""

    model = AdvanceReport


class ReportReverse(_ReportPage, ReversalNew):
    """Prepares that an accepted report is taken back."""

    model = AdvanceReport
