"""Where the names and the amounts of a flow lead, in its tables and in its picture alike."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse

from fund.models import Advance
from fund.policy import POOL
from fund.queries.flows import Asked, Rest, Source, Use
from fund.queries.payments import Spent


class Links:
    """Where officers are led. `query` is what the page of the flow was asked, to ask it of the pages behind it."""

    # Whether the reader is the donor, whose the whole pool is not.
    is_own = False

    def __init__(self, asked: Asked, query: Mapping[str, str]) -> None:
        self.asked = asked
        self.query = {**query, "until": str(asked.until)}

    def of_source(self, source: Source) -> str:
        """The contribution, or else the donor."""
        if not source.number:
            return reverse("fund:donor", args=[source.donor]) if source.donor else ""
        route = {"AGR": "fund:agreement", "APL": "fund:application"}.get(source.number[:3], "fund:receipt")
        return reverse(route, args=[source.number])

    def of_paid_in(self, source: Source) -> str:
        """An agreement's receipts; a gift is its own. What a donor paid into the pool is of several contributions."""
        agreement = source.fund if source.fund != POOL else source.number
        if source.donor and agreement.startswith("AGR"):
            asked = {"donor": source.donor, "q": agreement, "until": str(self.asked.until)}
            return _join("fund:receipt-list", asked)
        if source.donor and not source.number:
            asked = self.query | {"donor": source.donor, "fund": source.fund}
            return f"{_join('fund:flow', asked)}#sources"
        return self.of_source(source)

    def of_fund(self, fund: str) -> str:
        """A sub-fund, or all of them."""
        return reverse("fund:sub-fund", args=[fund]) if fund else reverse("fund:sub-fund-list")

    def of_project(self, project: str) -> str:
        """A project, or all of them."""
        return reverse("fund:project", args=[project]) if project else reverse("fund:project-list")

    def of_use(self, use: Use) -> str:
        """What makes up an amount: of all sub-funds, or for all projects, where the use names none."""
        if use.what in (Rest.UNALLOCATED, Rest.OTHER):
            return self.of_fund(use.fund)
        if use.what == Rest.LEFT:
            return f"{self.of_project(use.project)}#by-sub-fund" if use.project else self.of_project("")
        if use.what in (Rest.OBLIGATED, Rest.ADVANCED):
            found = {"fund": use.fund or self.asked.fund, "project": use.project or self.asked.project}
            route = "fund:obligation-list" if use.what == Rest.OBLIGATED else "fund:advance-list"
            return _join(route, {name: value for name, value in found.items() if value} | {"state": "open"})
        asked = {"what": use.what, "in": use.fund, "for": use.project}
        return _join("fund:spent", self.query | {name: value for name, value in asked.items() if value})

    def of_passage(self, fund: str, project: str) -> str:
        """What a project has of a sub-fund: the flow of that alone."""
        return _join("fund:flow", self.query | {"fund": fund, "project": project})


class PaymentLinks(Links):
    """Where the flow of one payment leads: what it spent is the payment itself."""

    def __init__(self, document: Spent | Advance, asked: Asked) -> None:
        super().__init__(asked, {})
        self.url = document.get_absolute_url()

    def of_paid_in(self, source: Source) -> str:
        """The donor's payments out of the sub-fund, this one among them."""
        query = {"donor": source.donor, "fund": source.fund} | self.query
        return f"{_join('fund:flow', query)}#payments" if source.donor else ""

    def of_use(self, use: Use) -> str:
        return self.url

    def of_passage(self, fund: str, project: str) -> str:
        return self.url


def _join(route: str, query: Mapping[str, str]) -> str:
    return f"{reverse(route)}?{urlencode(query)}"
