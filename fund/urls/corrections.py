"""Addresses of write-offs, refunds and manual entries."""

from types import ModuleType

from django.urls import URLPattern, path

from fund.models import Document, ManualEntry, Refund, WriteOff
from fund.views import manual_entries, refunds, write_offs
from fund.views.records import RecordList, RecordReverse


def _paths(prefix: str, model: type[Document], views: ModuleType) -> list[URLPattern]:
    """The list, the form, the page, the decisions and the reversal of one kind."""
    name, one = model.__name__, f"{prefix}/<slug:number>/"
    pages = {act: getattr(views, f"{name}{act.title()}").as_view() for act in ("new", "detail", "approve", "reject")}
    reverse = getattr(views, f"{name}Reverse", RecordReverse)
    return [
        path(f"{prefix}/", RecordList.as_view(model=model), name=f"{model.ROUTE}-list"),
        path(f"{prefix}/new/", pages["new"], name=f"{model.ROUTE}-new"),
        path(one, pages["detail"], name=model.ROUTE),
        path(f"{one}approve/", pages["approve"], name=f"{model.ROUTE}-approve"),
        path(f"{one}reject/", pages["reject"], name=f"{model.ROUTE}-reject"),
        path(f"{one}reverse/", reverse.as_view(model=model), name=f"{model.ROUTE}-reverse"),
    ]


urlpatterns = [
    *_paths("write-offs", WriteOff, write_offs),
    *_paths("refunds", Refund, refunds),
    path("refunds/<slug:number>/pay/", refunds.RefundPay.as_view(), name="refund-pay"),
    *_paths("manual-entries", ManualEntry, manual_entries),
]
