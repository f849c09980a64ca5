"""Where a donor's flow leads: to the parts of the donor's own statement of that day, and nowhere else."""

from django.urls import reverse

from fund.models import Donor
from fund.policy import POOL
from fund.queries.flows import Asked, Rest, Source, Use
from fund.views.flow_links import Links


class StatementLinks(Links):
    """What was paid in and what is left stands by sub-fund, what was spent by project."""

    is_own = True

    def __init__(self, donor: Donor, asked: Asked) -> None:
        super().__init__(asked, {})
        self.statement = f"{reverse('portal:donor-statement', args=[donor.code])}?as_of={asked.until}"

    def of_source(self, source: Source) -> str:
        return f"{self.statement}#{'agreements' if source.number.startswith('AGR') else 'receipts'}"

    def of_paid_in(self, source: Source) -> str:
        return f"{self.statement}#left"

    def of_fund(self, fund: str) -> str:
        return f"{self.statement}#{'pool' if fund == POOL else 'left'}"

    def of_project(self, project: str) -> str:
        return f"{self.statement}#projects"

    def of_use(self, use: Use) -> str:
        is_left = use.what in list(Rest) and use.what != Rest.BEFORE
        return f"{self.statement}#{'left' if is_left else 'projects'}"

    def of_passage(self, fund: str, project: str) -> str:
        return f"{self.statement}#projects"
