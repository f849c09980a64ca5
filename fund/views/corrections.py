"""The page that asks when and why a document is reversed, and reverses it."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fund.forms.reversals import ReversalForm
from fund.models import Document
from fund.views.pages import FormPage


class DocumentFormPage(FormPage):
    """A small form that does something to one document, and comes back to the document's page."""

    template_name = "fund/form.html"
    model: ClassVar[type[Document]]
    title: ClassVar[str | Promise]

    @cached_property
    def document(self) -> Any:
        return get_object_or_404(self.model, number=self.kwargs["number"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        number = self.document.number
        title = self.title % {"number": number}
        back = (number, self.document.get_absolute_url())
        return super().get_context_data(title=title, back=back, document=self.document, **context)


class ReversalPage(DocumentFormPage):
    """Reverses a document by `operation`, which takes the document, `on`, `reason` and `by`."""

    operation: ClassVar[Callable[..., None]]
    title = _("Reverse %(number)s")
    success_message = _("{} is reversed.")
    extra_context = {
        "submit": _("Reverse"),
        "busy": _("Reversing…"),
        "danger": True,
        "lead": _("Nothing posted is edited or deleted: the opposite entry is posted, and both stay in the journal."),
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return ReversalForm(data)

    def act(self, form: Any, formsets: list[Any]) -> Any:
        self.operation(self.document, **form.cleaned_data, by=self.user)
        return self.document
