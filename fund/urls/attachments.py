"""Addresses of attachments."""

from django.urls import path

from fund.views import attachments

urlpatterns = [
    path("attachments/new/<slug:number>/", attachments.AttachmentNew.as_view(), name="attachment-new"),
    path("attachments/<int:pk>/", attachments.AttachmentDownload.as_view(), name="attachment"),
    path("attachments/<int:pk>/withdraw/", attachments.AttachmentWithdraw.as_view(), name="attachment-withdraw"),
]
