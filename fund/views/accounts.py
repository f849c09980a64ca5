"""The trial balance and the register of one account."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from fund.filters.entries import RegisterFilter
from fund.forms.accounts import TrialBalanceForm
from fund.queries.accounts import add_balances, trial_balance
from fund.queries.entries import find_sub_fund_url
from fund.views.pages import ListPage, PlainPage
from ledger.queries import all_accounts, register


class TrialBalancePage(PlainPage):
    """The balances of all accounts at the end of a day; today where none is asked for."""

    template_name = "fund/trial_balance.html"
    permission_required = "fund.view_auditrecord"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        today = timezone.localdate()
        form = TrialBalanceForm({"day": today.isoformat(), **self.request.GET.dict()})
        form.is_valid()
        day = form.cleaned_data.get("day") or today
        fund = form.cleaned_data.get("fund", "")
        found = trial_balance(until=day, fund=fund)
        return super().get_context_data(form=form, day=day, fund=fund, trial_balance=found, **context)


class Register(ListPage):
    """The postings of one account with the balance after each."""

    template_name = "fund/register.html"
    permission_required = "fund.view_auditrecord"
    filterset_class = RegisterFilter
    paginate_by = 50
    orderings = {"dated_on": ("dated_on", "entry_id", "line")}
    default_ordering = "-dated_on"

    @cached_property
    def account(self) -> Any:
        found = all_accounts().filter(name=self.kwargs["name"]).first()
        if found is None:
            raise Http404(f"No account has the name {self.kwargs['name']}.")
        return found

    @property
    def queryset(self) -> QuerySet[Any]:
        """The account's postings."""
        return register(self.account.name)

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        fund = context["filter"].form.cleaned_data.get("fund", "") if context["filter"].is_bound else ""
        add_balances(rows, self.account.name, fund=fund)
        for posting in rows:
            posting.fund_url = find_sub_fund_url(posting.fund)
        foreign = any(posting.currency != context["functional_currency"] for posting in rows)
        context |= {"account": self.account, "is_foreign": foreign}
