"""Attachments of documents: put to them, sent, marked as made in error."""

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.attachments import AttachmentForm, WithdrawalForm
from fund.models import Attachable
from fund.operations.attachments import attach, withdraw_attachment
from fund.queries.attachments import attachments_of, find_attachable, read_content
from fund.roles import say_who_may
from fund.views.pages import FormPage, Page


class _OfDocument(Page):
    """A page about an attachment of a document, for who may view that document."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.has_permission():
            needed = f"view_{self.document._meta.model_name}"
            if not request.user.has_perm(f"fund.{needed}"):
                raise PermissionDenied(say_who_may(needed))
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def attachment(self) -> Any:
        """The attachment that the address names."""
        return get_object_or_404(attachments_of(self.document), position=self.kwargs["position"])

    @cached_property
    def document(self) -> Attachable:
        """The document or the project that the address names."""
        document = find_attachable(self.kwargs["number"])
        if document is None:
            raise Http404
        return document


class AttachmentNew(_OfDocument, FormPage):
    """The form of an attachment."""

    template_name = "fund/form.html"
    permission_required = "fund.add_attachment"
    success_message = _("{} is attached.")
    extra_context = {
        "submit": _("Attach"),
        "busy": _("Attaching…"),
        "lead": _("It stays for good; one attached in error can be withdrawn, and stays too."),
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return AttachmentForm(data, self.request.FILES if data else None)

    def act(self, form: Any, formsets: list[Any]) -> Any:
        return attach(self.document, **form.cleaned_data, by=self.user)

    def get_success_url(self, made: Any) -> str:
        return self.document.get_absolute_url()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        title = _t("Attach a file to %(number)s") % {"number": self.document}
        back = (self.document.number, self.document.get_absolute_url())
        return super().get_context_data(title=title, back=back, **context)


class AttachmentDownload(_OfDocument):
    """Sends a file, never to be shown inside a page."""

    permission_required = "fund.view_attachment"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        content = self.attachment.content
        response = HttpResponse(read_content(content.pk), content_type=content.content_type)
        response["Content-Disposition"] = content_disposition_header(True, self.attachment.name)
        response["X-Content-Type-Options"] = "nosniff"
        return response


class AttachmentWithdraw(_OfDocument, FormPage):
    """Asks why an attachment was made in error, and marks it."""

    template_name = "fund/form.html"
    permission_required = "fund.change_attachment"
    success_message = _("{} is withdrawn.")
    extra_context = {
        "submit": _("Withdraw"),
        "busy": _("Withdrawing…"),
        "danger": True,
        "lead": _("The file stays and can still be read, with the reason beside it."),
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return WithdrawalForm(data)

    def act(self, form: Any, formsets: list[Any]) -> Any:
        withdraw_attachment(self.attachment, reason=form.cleaned_data["reason"], by=self.user)
        return self.attachment

    def get_success_url(self, made: Any) -> str:
        return self.document.get_absolute_url()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        title = _t("Withdraw %(name)s") % {"name": self.attachment}
        back = (self.document.number, self.document.get_absolute_url())
        return super().get_context_data(title=title, back=back, **context)
