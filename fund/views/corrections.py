"""The page that asks when and why a document is reversed, and reverses it."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.reversals import ReversalForm
from fund.models import Decided, Document
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


class OneAtATime(FormPage):
    """A form on what one decision at a time waits for: where one waits, it leads there.

    Comes first among the bases.
    """

    def find_waiting(self) -> Decided | None:
        """What waits, or None."""
        raise TypeError(f"{type(self).__name__} finds nothing")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        waiting = self.find_waiting()
        if waiting is None:
            return super().get(request, *args, **kwargs)
        # Said before anything is typed that would be refused.
        messages.info(request, _t("%(number)s is decided first: one change at a time.") % {"number": waiting})
        return redirect(waiting.get_absolute_url())


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
