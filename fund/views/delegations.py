"""Who approves in whose place, and for how long."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fund.forms.approvals import DelegationForm
from fund.models import Delegation
from fund.operations.answers import Attempt
from fund.operations.approvals import delegate, describe_threshold, end_delegation
from fund.views.pages import FormPage, find_message
from ledger.errors import Refused


class DelegationList(FormPage):
    """Every delegation, the latest first. Everybody who reads the books sees it; approvers give their right."""

    template_name = "fund/delegation_list.html"
    success_message = _("{} is recorded.")

    def get_permission_required(self) -> tuple[str, ...]:
        reads = self.request.method in ("GET", "HEAD", "OPTIONS")
        return ("fund.view_auditrecord" if reads else "fund.add_approval",)

    def make_form(self, data: Any = None) -> forms.Form:
        return DelegationForm(data, user=self.user)

    def act(self, form: Any, formsets: list[Any]) -> Delegation:
        facts = form.cleaned_data
        return delegate(**{**facts, "receiver": User.objects.get(username=facts["receiver"])}, by=self.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        today = timezone.localdate()
        found: list[Any] = list(Delegation.objects.select_related("giver", "receiver"))
        for one in found:
            one.is_over = bool(one.ended_at) or one.until < today
            one.is_to_come = not one.is_over and one.since > today
        return super().get_context_data(delegations=found, threshold=describe_threshold(), **context)

    def get_success_url(self, made: Delegation) -> str:
        return reverse("fund:delegation-list")


class DelegationEnd(DelegationList):
    """Takes a delegation back at a press; what refuses it stands on the list."""

    success_message = _("{} is ended.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(reverse("fund:delegation-list"))

    def perform(self, attempt: Attempt) -> HttpResponse:
        return self.record(attempt, self.end)

    def end(self) -> Delegation:
        found = Delegation.objects.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        end_delegation(found, by=self.user)
        return found

    def refuse(self, refusal: Refused | forms.ValidationError, *, status: int) -> HttpResponse:
        context = self.get_context_data(form=self.make_form(), refusal=find_message(refusal))
        return self.render_to_response(context, status=status)
