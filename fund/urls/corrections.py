"""Addresses of write-offs, refunds and manual entries, and of reversals."""

from types import ModuleType

from django.urls import URLPattern, path, re_path

from fund.models import REVERSAL_NUMBER, Document, ManualEntry, Refund, WriteOff
from fund.views import manual_entries, refunds, reversals, write_offs
from fund.views.records import RecordList


def _paths(prefix: str, model: type[Document], views: ModuleType) -> list[URLPattern]:
    """The list, the form, the page, the decisions and the reversal of one kind."""
    name, one = model.__name__, f"{prefix}/<slug:number>/"
    pages = {act: getattr(views, f"{name}{act.title()}").as_view() for act in ("new", "detail", "approve", "reject")}
    return [
        path(f"{prefix}/", RecordList.as_view(model=model), name=f"{model.ROUTE}-list"),
        path(f"{prefix}/new/", pages["new"], name=f"{model.ROUTE}-new"),
        path(one, pages["detail"], name=model.ROUTE),
        path(f"{one}approve/", pages["approve"], name=f"{model.ROUTE}-approve"),
        path(f"{one}reject/", pages["reject"], name=f"{model.ROUTE}-reject"),
        path(f"{one}reverse/", reversals.ReversalNew.as_view(model=model), name=f"{model.ROUTE}-reverse"),
    ]


# Among the approvals, where it is found while it waits.
_REVERSAL = f"^approvals/reversals/(?P<number>{REVERSAL_NUMBER})/"

urlpatterns = [
    *_paths("write-offs", WriteOff, write_offs),
    *_paths("refunds", Refund, refunds),
    path("refunds/<slug:number>/pay/", refunds.RefundPay.as_view(), name="refund-pay"),
    *_paths("manual-entries", ManualEntry, manual_entries),
    re_path(f"{_REVERSAL}$", reversals.ReversalDetail.as_view(), name="reversal"),
    re_path(f"{_REVERSAL}approve/$", reversals.ReversalApprove.as_view(), name="reversal-approve"),
    re_path(f"{_REVERSAL}reject/$", reversals.ReversalReject.as_view(), name="reversal-reject"),
]
