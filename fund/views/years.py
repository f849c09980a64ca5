"""Fiscal years: which are open, and the form that opens one."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fund.forms.treasury import YearForm
from fund.operations.treasury import open_year
from fund.queries.people import add_person_names
from fund.views.pages import FormPage
from ledger.queries import open_years, years_with_counts


class YearList(FormPage):
    """Every fiscal year with who opened it. Everybody who reads the books sees it; officers open years."""

    template_name = "fund/year_list.html"
    success_message = _("{} is open.")

    def get_permission_required(self) -> tuple[str, ...]:
        reads = self.request.method in ("GET", "HEAD", "OPTIONS")
        return ("fund.view_auditrecord" if reads else "fund.close_period",)

    def make_form(self, data: Any = None) -> forms.Form:
        opened = open_years()
        return YearForm(data, initial={"year": opened[-1] + 1 if opened else timezone.localdate().year})

    def act(self, form: Any, formsets: list[Any]) -> int:
        year: int = form.cleaned_data["year"]
        open_year(year, by=self.user)
        return year

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = add_person_names(years_with_counts(), "opened_by")
        return super().get_context_data(years=found, **context)

    def get_success_url(self, made: int) -> str:
        return reverse("fund:year-list")
