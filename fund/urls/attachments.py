"""Addresses of attachments."""

from django.urls import path

from fund.views import attachments

_ONE = "attachments/<slug:number>/<int:position>/"

urlpatterns = [
    path("attachments/<slug:number>/new/", attachments.AttachmentNew.as_view(), name="attachment-new"),
    path(_ONE, attachments.AttachmentDownload.as_view(), name="attachment"),
    path(f"{_ONE}withdraw/", attachments.AttachmentWithdraw.as_view(), name="attachment-withdraw"),
]
