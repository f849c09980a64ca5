"""Addresses of the period's end: the checklist, runs, what banks give and take, and what comes in kind."""

from django.urls import URLPattern, path
from django.views import View

from fund.models import (
    BankCharge,
    Decided,
    Document,
    InKind,
    Interest,
    Recovery,
    Revaluation,
    SecretariatPayment,
    Transfer,
)
from fund.views import period_end, reconciliations, runs, secretariat
from fund.views.records import RecordDetail, RecordList, RecordReverse
from fund.views.reversals import ReversalNew


def _paths(prefix: str, model: type[Document], new: type[View], detail: type[View] = RecordDetail) -> list[URLPattern]:
    """The list, the form, the page and the reversal of one kind of document."""
    of_kind = {"model": model} if detail is RecordDetail else {}
    reverse = ReversalNew if issubclass(model, Decided) else RecordReverse
    return [
        path(f"{prefix}/", RecordList.as_view(model=model), name=f"{model.ROUTE}-list"),
        path(f"{prefix}/new/", new.as_view(), name=f"{model.ROUTE}-new"),
        path(f"{prefix}/<slug:number>/", detail.as_view(**of_kind), name=model.ROUTE),
        path(f"{prefix}/<slug:number>/reverse/", reverse.as_view(model=model), name=f"{model.ROUTE}-reverse"),
    ]


_PAYMENT = "secretariat-payments"
_ONE = f"{_PAYMENT}/<slug:number>"
_RECONCILED = "bank-reconciliations"

urlpatterns = [
    path("period-end/", period_end.PeriodEnd.as_view(), name="period-end"),
    path("period-end/check/", period_end.BooksCheck.as_view(), name="books-check"),
    path("interest/none/", period_end.NoInterestMark.as_view(), name="no-interest"),
    *_paths("revaluations", Revaluation, runs.RevaluationNew),
    *_paths("indirect-cost", Recovery, runs.RecoveryNew),
    *_paths("interest", Interest, runs.InterestNew),
    *_paths("bank-charges", BankCharge, runs.BankChargeNew),
    *_paths("transfers", Transfer, runs.TransferNew),
    *_paths("in-kind", InKind, runs.InKindNew),
    path(
        f"{_PAYMENT}/<slug:number>/approve/", secretariat.PaymentApprove.as_view(), name="secretariat-payment-approve"
    ),
    path(f"{_PAYMENT}/<slug:number>/reject/", secretariat.PaymentReject.as_view(), name="secretariat-payment-reject"),
    *_paths(_PAYMENT, SecretariatPayment, secretariat.PaymentNew, secretariat.PaymentDetail),
    path(f"{_RECONCILED}/", reconciliations.ReconciliationList.as_view(), name="bank-reconciliation-list"),
    path(f"{_RECONCILED}/new/", reconciliations.ReconciliationNew.as_view(), name="bank-reconciliation-new"),
    path(f"{_RECONCILED}/<slug:number>/", reconciliations.ReconciliationDetail.as_view(), name="bank-reconciliation"),
    path(
        f"{_RECONCILED}/<slug:number>/withdraw/",
        reconciliations.ReconciliationWithdraw.as_view(),
        name="bank-reconciliation-withdraw",
    ),
    path("sub-funds/<slug:code>/indirect-cost/", runs.TermsNew.as_view(), name="recovery-terms"),
]
