"""Addresses of advances to partners, their reports and what they return."""

from django.urls import path

from fund.models import Advance
from fund.views import advance_ageing, advance_reports, advance_returns, advances
from fund.views.reversals import ReversalNew

_ONE = "advances/<slug:number>/"
_REPORT = f"{_ONE}reports/<int:position>/"
_RETURN = f"{_ONE}returns/<int:position>/"

urlpatterns = [
    path("advances/", advances.AdvanceList.as_view(), name="advance-list"),
    path("advances/new/", advances.AdvanceNew.as_view(), name="advance-new"),
    path("advances-by-age/", advance_ageing.AdvanceAgeing.as_view(), name="advance-ageing"),
    path(_ONE, advances.AdvanceDetail.as_view(), name="advance"),
    path(f"{_ONE}approve/", advances.AdvanceApprove.as_view(), name="advance-approve"),
    path(f"{_ONE}reject/", advances.AdvanceReject.as_view(), name="advance-reject"),
    path(f"{_ONE}reverse/", ReversalNew.as_view(model=Advance), name="advance-reverse"),
    path(f"{_ONE}reports/new/", advance_reports.ReportNew.as_view(), name="advance-report-new"),
    path(_REPORT, advance_reports.ReportDetail.as_view(), name="advance-report"),
    path(f"{_REPORT}review/", advance_reports.ReportReview.as_view(), name="advance-report-review"),
    path(f"{_REPORT}reject/", advance_reports.ReportReject.as_view(), name="advance-report-reject"),
    path(f"{_REPORT}reverse/", advance_reports.ReportReverse.as_view(), name="advance-report-reverse"),
    path(f"{_ONE}returns/new/", advance_returns.ReturnNew.as_view(), name="advance-return-new"),
    path(_RETURN, advance_returns.ReturnDetail.as_view(), name="advance-return"),
    path(f"{_RETURN}reverse/", advance_returns.ReturnReverse.as_view(), name="advance-return-reverse"),
]
