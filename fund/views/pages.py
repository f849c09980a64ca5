"""What pages have in common: who may see them, lists, forms that call an operation, documents with their entries."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, TemplateView, View
from django.views.generic.base import ContextMixin
from django_filters.views import FilterView

from fund.errors import KeySpent, NotPermitted, ValueInvalid
from fund.forms.choices import find_not_offered
from fund.forms.lines import number_lines
from fund.models import Answer, Document
from fund.operations.answers import Attempt, Outcome, answer_once, find_answer
from fund.operations.refusals import record_refusal
from fund.queries.attachments import attachments_of
from fund.queries.chains import chain_of, state_of
from fund.queries.history import load_history
from fund.roles import say_who_may
from fund.views.attempts import FIELD, read_attempt
from fund.views.pagination import LongListPaginator
from ledger.errors import BooksBusy, Refused
from ledger.queries import entries_of, functional_currency

D = TypeVar("D", bound=Document)
M = TypeVar("M", bound=Model)


class Page(PermissionRequiredMixin, ContextMixin, View):
    """A page for who holds a permission of the fund; others are refused, who is not signed in signs in first."""

    permission_required: str

    def handle_no_permission(self) -> HttpResponseRedirect:
        if self.request.user.is_authenticated:
            refusal = NotPermitted(say_who_may(self.get_permission_required()[0].removeprefix("fund.")))
            if self.request.method == "POST":
                self.keep_refusal(refusal)
            raise PermissionDenied(refusal.message)
        return super().handle_no_permission()

    @property
    def user(self) -> User:
        """Who is signed in; nobody else comes this far."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def keep_refusal(self, refused: Refused) -> None:
        """Records what was refused, of the document whose page this is."""
        subject = str(self.kwargs.get("number", ""))
        record_refusal(refused, place=self.request.path, subject=subject, by=self.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("functional_currency", functional_currency())
        found: dict[str, Any] = super().get_context_data(**context)
        return found


class PlainPage(Page, TemplateView):
    """A page that is neither a list, a form nor a document."""


class ListPage(Page, FilterView):  # type: ignore[misc]  # django-filter has no types
    """A list that filters, sorts and pages.

    `orderings` maps the value of the query parameter `ordering` to the fields that it sorts by; the first is the
    default. A leading hyphen in the parameter turns the order round. Filters come from `filterset_class`.
    """

    paginate_by = 25
    paginator_class = LongListPaginator
    strict = False
    orderings: ClassVar[Mapping[str, tuple[str, ...]]]
    default_ordering: ClassVar[str]

    def get_ordering_name(self) -> str:
        """The asked ordering where there is one of that name, otherwise the default."""
        asked = self.request.GET.get("ordering", "")
        return asked if asked.removeprefix("-") in self.orderings else self.default_ordering

    def get_queryset(self) -> QuerySet[Any]:
        name = self.get_ordering_name()
        fields = (*self.orderings[name.removeprefix("-")], "pk")
        if name.startswith("-"):
            fields = tuple(field.removeprefix("-") if field.startswith("-") else f"-{field}" for field in fields)
        ordered: QuerySet[Any] = super().get_queryset().order_by(*fields)
        return ordered

    def paginate_queryset(self, queryset: QuerySet[Any], page_size: int) -> tuple[Any, Any, Any, bool]:
        """A page beyond the last is the last; a page that is no number is the first."""
        paginator = self.get_paginator(queryset, page_size)
        page = paginator.get_page(self.request.GET.get("page"))
        return paginator, page, page.object_list, page.has_other_pages()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(ordering=self.get_ordering_name(), **context)
        self.add_to_rows(list(context["page_obj"].object_list), context)
        return context

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        """Gives the rows of this page what only the ledger knows: sets attributes, or fills the context."""


class ChangePage(Page):
    """A page whose POST changes something, once for each key: a retry is led to where the first one was.

    Subclasses do it in `perform`, by `record`, and show in `refuse` what was refused.
    """

    success_message: str | Promise = _("{} is recorded.")
    success_level = messages.SUCCESS
    key = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            attempt = read_attempt(request, self.user)
            self.key = attempt.key
            answer = find_answer(attempt)
            return self.lead_on(answer, again=True) if answer else self.perform(attempt)
        except NotPermitted as refusal:
            self.keep_refusal(refusal)
            raise PermissionDenied(refusal.message) from None
        except (Refused, forms.ValidationError) as refusal:
            if isinstance(refusal, Refused):
                self.keep_refusal(refusal)
            # Other refusals wrote nothing: their key is shown again and can be used.
            if isinstance(refusal, KeySpent):
                self.key = ""
            return self.refuse(refusal, status=503 if isinstance(refusal, BooksBusy) else 422)

    def perform(self, attempt: Attempt) -> HttpResponse:
        """Does what was sent, by `record`, or shows why it cannot be."""
        raise TypeError(f"{type(self).__name__} does nothing")

    def refuse(self, refusal: Refused | forms.ValidationError, *, status: int) -> HttpResponse:
        """The page with what was refused, and all that was typed."""
        raise TypeError(f"{type(self).__name__} shows no refusal")

    def record(self, attempt: Attempt, act: Callable[[], Any]) -> HttpResponse:
        """Calls the operation, in one transaction with the answer, and leads to what it made."""

        def act_and_say() -> Outcome:
            made = act()
            return Outcome(str(self.success_message).format(made), self.get_success_url(made))

        answer, again = answer_once(attempt, act_and_say)
        return self.lead_on(answer, again=again)

    def lead_on(self, answer: Answer, *, again: bool) -> HttpResponse:
        """Says what was done, and that it was before, and goes where it led."""
        if again:
            messages.info(self.request, _("This was recorded already: %(text)s") % {"text": answer.text})
        else:
            messages.add_message(self.request, self.success_level, answer.text)
        return redirect(answer.url)

    def get_success_url(self, made: Any) -> str:
        """Where to go when it is done: the page of what was made."""
        url: str = made.get_absolute_url()
        return url

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if self.key:
            context[FIELD] = self.key
        return super().get_context_data(**context)


class FormPage(ChangePage, TemplateView):
    """A form, with or without lines, that calls one operation.

    Subclasses make the form and the formsets and say in `act` what the operation is; it returns the object whose page
    comes next. What the operation refuses stands beside the field that it concerns, and everything typed is kept.
    `line_fields` are the fields of refusals that concern the first formset; `aliases` says which field of the form
    stands for one of a refusal that the form has not.
    """

    line_fields: ClassVar[frozenset[str]] = frozenset({"lines", "instalments"})
    aliases: ClassVar[Mapping[str, str]] = {"currency": "amount"}

    def make_form(self, data: Any = None) -> forms.Form:
        """The form, bound to `data` when there is some."""
        raise TypeError(f"{type(self).__name__} makes no form")

    def make_formsets(self, data: Any = None) -> list[BaseFormSet[Any]]:
        """The lines of the form, bound to `data` when there is some."""
        return []

    def act(self, form: Any, formsets: list[Any]) -> Any:
        """Calls the operation with cleaned values."""
        raise TypeError(f"{type(self).__name__} has no operation")

    def act_by_lines(self, form: Any, formsets: list[Any]) -> Any:
        """Acts, and names the lines of a refusal by their numbers on the page."""
        try:
            return self.act(form, formsets)
        except Refused as refusal:
            if not refusal.lines:
                raise
            numbers = number_lines(formsets[0])
            raise refusal.of_lines([numbers[place - 1] for place in refusal.lines]) from None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.make_form(), self.make_formsets(), status=200)

    def perform(self, attempt: Attempt) -> HttpResponse:
        form, formsets, valid = self.bind()
        if not valid:
            self.keep_not_offered(form, formsets)
            return self.show(form, formsets, status=422)
        return self.record(attempt, lambda: self.act_by_lines(form, formsets))

    def refuse(self, refusal: Refused | forms.ValidationError, *, status: int) -> HttpResponse:
        form, formsets, _valid = self.bind()
        self.add_refusal(refusal, form, formsets)
        return self.show(form, formsets, status=status)

    def bind(self) -> tuple[forms.Form, list[BaseFormSet[Any]], bool]:
        """The form and its lines with what was typed, and whether all of it is valid."""
        form, formsets = self.make_form(self.request.POST), self.make_formsets(self.request.POST)
        valid = [form.is_valid(), *(formset.is_valid() for formset in formsets)]
        return form, formsets, all(valid)

    def keep_not_offered(self, form: forms.Form, formsets: list[BaseFormSet[Any]]) -> bool:
        """Records a choice that the page does not offer; whether there is one. What was mistyped is no refusal."""
        not_offered = find_not_offered(form, formsets)
        if not_offered:
            self.keep_refusal(ValueInvalid(not_offered))
        return bool(not_offered)

    def add_refusal(
        self, refusal: Refused | forms.ValidationError, form: forms.Form, formsets: list[BaseFormSet[Any]]
    ) -> None:
        """Puts the message beside what it concerns."""
        field = getattr(refusal, "field", "")
        field = field if field in form.fields else self.aliases.get(field, field)
        message = find_message(refusal)
        if formsets and field in self.line_fields:
            formsets[0].non_form_errors().append(message)
        else:
            form.add_error(field if field in form.fields else None, message)

    def show(self, form: forms.Form, formsets: list[BaseFormSet[Any]], *, status: int) -> HttpResponse:
        """The page with the form as it stands."""
        formset = formsets[0] if formsets else None
        context = self.get_context_data(form=form, formset=formset, formsets=formsets)
        return self.render_to_response(context, status=status)


class DocumentPage(Page, DetailView[D]):
    """A document with its whole chain, its journal entries and its history."""

    slug_field = "number"
    slug_url_kwarg = "number"
    context_object_name = "document"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        number = str(self.object)
        context = {"entries": entries_of(number), "history": load_history(number)} | context
        if isinstance(self.object, Document):
            context |= {"chain": chain_of(self.object), "state": state_of(self.object)}
            context["attachments"] = attachments_of(self.object)
        return super().get_context_data(**context)


def find_message(refusal: Refused | forms.ValidationError) -> str:
    """What a refusal says."""
    return refusal.message if isinstance(refusal, Refused) else " ".join(refusal.messages)


def find_asked(found: QuerySet[M], text: str | None, *, field: str = "number") -> M | None:
    """The one that a query string names, or None. What cannot be printed names nothing: PostgreSQL refuses a NUL."""
    return found.filter(**{field: text}).first() if text and text.isprintable() else None
