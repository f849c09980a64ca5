"""Sub-funds: POOL, GENERAL and one of each earmarked agreement."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404
from django.utils.translation import get_language

from fund import policy
from fund.countries import name_countries
from fund.forms.sub_funds import SubFundSearch
from fund.models import Agreement, State
from fund.queries.accounts import trial_balance
from fund.queries.recoveries import terms_of
from fund.queries.sub_funds import SubFund, cash_of_funds, find_earmark, fund_standings, sub_funds
from fund.queries.uses import LATEST, latest_allocations, latest_disbursements
from fund.recommendations import name_sections
from fund.views.pages import PlainPage

_FIGURES = ("cash", "held", "allocated", "spent", "available")
_ORDERINGS: dict[str, Callable[[SubFund], Any]] = {
    "code": lambda fund: (fund.agreement is not None, fund.code != policy.POOL, fund.code),
    "donor": lambda fund: (fund.donor.casefold(), fund.code),
    "cash": lambda fund: fund.standing.cash,
    "available": lambda fund: fund.standing.available,
}


class SubFundList(PlainPage):
    """Every sub-fund with its cash, what is held, allocated, spent and available."""

    template_name = "fund/sub_fund_list.html"
    permission_required = "fund.view_agreement"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form = SubFundSearch(self.request.GET or None)
        words = form.cleaned_data["q"].casefold() if form.is_valid() else ""
        found = [fund for fund in sub_funds() if words in f"{fund.code} {fund.donor}".casefold()]
        ordering = self._get_ordering()
        found.sort(key=_ORDERINGS[ordering.removeprefix("-")], reverse=ordering.startswith("-"))
        return super().get_context_data(
            form=form,
            ordering=ordering,
            page_obj=Paginator(found, 25).get_page(self.request.GET.get("page")),
            totals={name: sum(getattr(fund.standing, name) for fund in found) for name in _FIGURES},
            **context,
        )

    def _get_ordering(self) -> str:
        asked = self.request.GET.get("ordering", "")
        return asked if asked.removeprefix("-") in _ORDERINGS else "code"


class SubFundDetail(PlainPage):
    """A sub-fund as the self-balancing set of accounts that it is."""

    template_name = "fund/sub_fund_detail.html"
    permission_required = "fund.view_agreement"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        code = context["code"]
        agreement = find_earmark(code)
        if (agreement is None or agreement.state != State.APPROVED) and code not in (policy.POOL, policy.GENERAL):
            raise Http404(f"There is no sub-fund {code}.")
        return super().get_context_data(
            agreement=agreement,
            earmark=_describe_earmark(agreement) if agreement else None,
            standing=fund_standings([code])[code],
            cash=cash_of_funds([code]),
            trial_balance=trial_balance(fund=code),
            allocations=latest_allocations(fund=code),
            disbursements=latest_disbursements(fund=code),
            latest=LATEST,
            terms=terms_of(code),
            **context,
        )


def _describe_earmark(agreement: Agreement) -> dict[str, Any]:
    """What the agreement's money is for; empty lists limit nothing."""
    countries = name_countries(agreement.earmark_countries)
    themes = name_sections(agreement.earmark_themes, get_language() or "")
    return {"themes": themes, "projects": list(agreement.earmark_projects.all()), "countries": countries}
