"""Pages of the reports, and the files that they send."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from fund.models import Donor
from fund.portal.access import get_visible_donor
from fund.portal.charts import draw_figures
from fund.portal.views import AsOfForm
from fund.queries.figures import Group, Grouping, add_groups, group_contributions
from fund.queries.flows import Asked, follow
from fund.queries.history import history_of
from fund.queries.statements import make_statement
from fund.views.pages import Page, PlainPage
from ledger.copies import open_copies
from ledger.errors import Refused
from ledger.queries import functional_currency
from ledger.snapshot import reading
from reports.forms import PeriodForm
from reports.operations import SUBJECT as BOOK
from reports.operations import hand_out_book
from reports.statements.journal import count_rows
from reports.statements.period import make_period
from reports.workbooks import write_audit_workbook, write_statement_workbook

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# So many bars are still a picture; the table below has them all.
_MOST_BARS = 15
# The workbook of fewer postings is there in a moment.
_QUICK = 20_000
_POSTINGS_IN_A_SECOND = 4_000
_MOST_DOWNLOADS = 25


def send_file(name: str, content_type: str, write: Callable[[Path], object]) -> FileResponse:
    """A file that `write` writes, as a download. It is gone from the disk once it is sent."""
    with open_copies() as folder:
        path = folder / name
        write(path)
        file = path.open("rb")
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


class ReportsPage(PlainPage):
    """What reports there are."""

    template_name = "reports/index.html"
    permission_required = "fund.view_auditrecord"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(donors=Donor.objects.all(), **context)


class TotalsPage(PlainPage):
    """Signed, received and outstanding, added up by year, donor or class."""

    template_name = "reports/totals.html"
    permission_required = "fund.view_auditrecord"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = self.request.GET.get("by", "")
        by = Grouping(asked) if asked in list(Grouping) else Grouping.YEAR
        groups = group_contributions(by)
        names = {Grouping.YEAR: _("Year"), Grouping.DONOR: _("Donor"), Grouping.CLASS: _("Class")}
        return super().get_context_data(
            by=by.value,
            name=names[by],
            choices=[(choice.value, names[choice]) for choice in Grouping],
            groups=groups,
            whole=add_groups(groups),
            bars=draw_groups(groups),
            legend=[(1, _("Received")), (2, _("Outstanding"))],
            has_more=len(groups) > _MOST_BARS,
            **context,
        )


def draw_groups(groups: list[Group]) -> list[dict[str, Any]]:
    """A bar per group, received and outstanding; of many groups the largest, the largest first."""
    if len(groups) > _MOST_BARS:
        groups = sorted(groups, key=_size, reverse=True)[:_MOST_BARS]
    unit = max(map(_size, groups), default=0) or 1
    return [draw_figures(group.label, group.functional, unit, functional_currency()) for group in groups]


def _size(group: Group) -> int:
    return group.functional.received + group.functional.outstanding


class AuditWorkbookPage(PlainPage):
    """Asks for the period of the audit workbook, and sends it."""

    template_name = "reports/audit_workbook.html"
    permission_required = "fund.view_auditrecord"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            period = make_period()
        except Refused as refusal:
            return self.render_to_response(self.get_context_data(refusal=refusal.message))
        form = PeriodForm(initial={"since": period.since, "until": period.until})
        postings = count_rows(period)
        seconds = postings // _POSTINGS_IN_A_SECOND if postings > _QUICK else 0
        return self.render_to_response(self.get_context_data(form=form, postings=postings, seconds=seconds))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | FileResponse:
        form = PeriodForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        period, now = form.period, timezone.now()
        name = f"audit-{period.since}-{period.until}.xlsx"
        return send_file(name, EXCEL, lambda path: write_audit_workbook(path, period, made_at=now))


class BookPage(PlainPage):
    """What the book is, and which downloads of it there were, with the hash of each one's manifest."""

    template_name = "reports/book.html"
    permission_required = "fund.view_auditrecord"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        history = history_of(BOOK).order_by("-at", "-id")[:_MOST_DOWNLOADS]
        return super().get_context_data(history=history, **context)


class BookDownload(Page):
    """Sends the whole book as Beancount text in a zip archive."""

    permission_required = "fund.view_auditrecord"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        name = f"book-{timezone.localdate()}.zip"
        return send_file(name, "application/zip", lambda path: hand_out_book(path, by=self.user))


class StatementDownload(LoginRequiredMixin, View):
    """Sends a donor's statement as Excel, to who may read it."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse | FileResponse:
        donor, today = get_visible_donor(request.user, code), timezone.localdate()
        form = AsOfForm(request.GET)
        if not form.is_valid():
            return HttpResponseBadRequest(_("This is not a day of a statement: write it like 2026-12-31."))
        as_of = form.cleaned_data["as_of"] or today
        with reading():
            statement, flow = make_statement(donor, as_of=as_of), follow(Asked(as_of, donor=donor))
        name = f"statement-{donor.code}-{as_of}.xlsx"
        now = timezone.now()
        return send_file(name, EXCEL, lambda path: write_statement_workbook(path, statement, flow, made_at=now))
