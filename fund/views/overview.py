"""The first page: where the fund stands."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from fund.queries.approvals import count_waiting, waiting_documents
from fund.queries.bank_accounts import bank_balances
from fund.queries.overview import (
    Position,
    Year,
    contributions_by_year,
    find_beginnings,
    find_owing,
    get_position,
)
from fund.queries.receipts import unidentified_deposits
from fund.templatetags.money import minor
from fund.views.pages import PlainPage
from ledger.queries import functional_currency

# What is pressing fits the page; the lists have the rest.
MOST, MOST_DECISIONS = 10, 5
LATEST_YEARS = 6


class Overview(PlainPage):
    """Where the fund stands, with what is due. A donor is led to the own statement."""

    template_name = "fund/overview.html"
    permission_required = "fund.view_agreement"

    def handle_no_permission(self) -> HttpResponse:  # type: ignore[override]  # a redirect is an answer too
        if hasattr(self.request.user, "donor_access"):
            return redirect("portal:statement")
        return super().handle_no_permission()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        beginnings = find_beginnings()
        if beginnings:
            return super().get_context_data(beginnings=beginnings, **context)
        today, position = timezone.localdate(), get_position()
        balances, documents = bank_balances(), waiting_documents(most=MOST_DECISIONS)
        return super().get_context_data(
            today=today,
            position=position,
            path_bars=draw_path(position),
            years=draw_years(contributions_by_year(last=LATEST_YEARS)),
            owing=find_owing(today=today, most=MOST),
            unidentified=unidentified_deposits(today=today)[:MOST],
            balances=balances,
            carried=sum(balance.carried for balance in balances),
            documents=documents,
            waiting=len(documents) if len(documents) < MOST_DECISIONS else count_waiting(),
            **context,
        )


def draw_path(position: Position) -> list[dict[str, Any]]:
    """The money's path from the promise to what it paid for, as bars."""
    steps = (
        (_("Pledged, not yet signed"), position.pledged, 5),
        (_("Signed"), position.signed, 2),
        (_("Received"), position.received, 1),
        (_("Allocated"), position.allocated, 4),
        (_("Spent"), position.spent, 3),
    )
    largest = max(1, *(amount for _, amount, _ in steps))
    currency = functional_currency()
    return [
        {"label": label, "amount": minor(amount, currency), "width": _width(amount, largest), "tone": tone}
        for label, amount, tone in steps
    ]


def draw_years(years: list[Year]) -> dict[str, Any]:
    """What was signed and received each year, as pairs of bars with the table's figures."""
    largest = max([1, *(max(year.signed, year.received) for year in years)])
    currency = functional_currency()
    legend = [(2, _("Signed")), (1, _("Received"))]
    bars = []
    for year in reversed(years):
        amounts = zip(legend, (year.signed, year.received), (0, 8), strict=True)
        segments = [
            {"tone": tone, "label": label, "amount": minor(amount, currency), "width": _width(amount, largest)}
            | {"y": y, "height": 7}
            for (tone, label), amount, y in amounts
        ]
        alt = ", ".join(f"{segment['label']} {segment['amount']}" for segment in segments)
        outstanding = minor(year.outstanding, currency)
        bars.append({"label": str(year.year), "amount": outstanding, "segments": segments, "alt": alt})
    return {"bars": bars, "legend": legend}


def _width(amount: int, largest: int) -> int:
    return max(amount, 0) * 1000 // largest
