"""Addresses of attachments."""

from django.urls import path

from fund.views import attachments

# A path, since the number of an amendment has a stroke: AGR-2026-0002/A1.
_ONE = "attachments/<path:number>/<int:position>/"

urlpatterns = [
    path("attachments/<path:number>/new/", attachments.AttachmentNew.as_view(), name="attachment-new"),
    path(_ONE, attachments.AttachmentDownload.as_view(), name="attachment"),
    path(f"{_ONE}withdraw/", attachments.AttachmentWithdraw.as_view(), name="attachment-withdraw"),
]
