"""Forms that show what they will post before it is posted."""

from typing import Any, ClassVar

from django import forms
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fund.views.pages import FormPage
from ledger.errors import Refused


class PreviewPage(FormPage):
    """A form that is first shown with its consequences, by GET, and then posted as it was shown.

    Subclasses say in `plan` what would be posted; what it refuses stands beside the fields. `defaults` are shown at
    once where nothing was asked for.
    """

    template_name = "fund/preview.html"
    show_label: ClassVar[str | Promise] = _("Show what it posts")

    def get_defaults(self) -> dict[str, str]:
        """What is shown where nothing was asked for; empty for a blank form."""
        return {}

    def plan(self, form: Any) -> Any:
        """What would be posted, of cleaned values."""
        raise TypeError(f"{type(self).__name__} plans nothing")

    def is_empty(self, plan: Any) -> bool:
        """Whether there is nothing in it to post."""
        return not plan

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.dict()
        known = {**self.get_defaults(), **asked}
        form = self.make_form(known) if known else self.make_form()
        if set(asked) >= {name for name, field in form.fields.items() if field.required}:
            form.full_clean()
        elif not self.get_defaults():
            form = self.make_form()
            form.initial = known
        return self.show(form, [], status=200)

    def show(self, form: forms.Form, formsets: list[BaseFormSet[Any]], *, status: int) -> HttpResponse:
        plan = None
        if form.is_bound and form.is_valid():
            try:
                plan = self.plan(form)
            except Refused as refusal:
                self.add_refusal(refusal, form, [])
        sent = [(name, form.data.get(name, "")) for name in form.fields] if form.is_bound else []
        nothing = self.is_empty(plan)
        context = self.get_context_data(form=form, plan=plan, nothing=nothing, sent=sent, show_label=self.show_label)
        return self.render_to_response(context, status=status if plan or not form.errors else 422)
