"""Projects: what they are given, spent, obligated, advanced and have left, as the ledger has it; functional."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from fund import policy
from fund.queries.advances import open_by_project
from ledger.queries import Scope, Total, get_total, totals


@dataclass(frozen=True, slots=True)
class ProjectStanding:
    """Where a project stands, all positive."""

    allocated: int = 0
    spent: int = 0
    obligated: int = 0
    advanced: int = 0

    @property
    def left(self) -> int:
        """What is allocated and neither spent nor obligated, nor with a partner who has not reported it yet."""
        return self.allocated - self.spent - self.obligated - self.advanced


@dataclass(frozen=True, slots=True)
class Left:
    """What a project has left of a sub-fund."""

    project: str
    fund: str
    standing: ProjectStanding


def project_standings(codes: Sequence[str]) -> dict[str, ProjectStanding]:
    """The standing of each project over all sub-funds, by its code."""
    if not codes:
        return {}
    advanced: defaultdict[tuple[str, str], int] = defaultdict(int)
    for (code, _), functional in open_by_project(codes).items():
        advanced[code, ""] += functional
    found = stand(totals(_scope_of(codes), by=("account",)), advanced)
    return {code: found.get((code, ""), ProjectStanding()) for code in codes}


def project_fund_standings(codes: Sequence[str] = (), *, until: date | None = None) -> list[Left]:
    """The standing of each project in each sub-fund that has allocated or spent for it; of all projects by default.

    `until` is the day at whose end it stands; without it, everything counts that is posted.
    """
    scope = _scope_of(codes) if codes else Scope(accounts=(policy.ALLOCATED, policy.PROJECTS, policy.OBLIGATED))
    found = stand(totals(replace(scope, until=until), by=("account", "fund")), open_by_project(codes, until=until))
    return [Left(project, fund, standing) for (project, fund), standing in sorted(found.items())]


def spending_by_category(code: str) -> dict[str, int]:
    """What a project spent, by category, the most first; what came in kind is no spending."""
    moved = totals(Scope(accounts=(f"{policy.PROJECTS}{code}:",)), by=("account",))
    spent = [total for total in moved if total.functional and policy.is_spending(total.account)]
    found = {policy.split_expense(total.account)[1]: total.functional for total in spent}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def given_in_kind(code: str) -> int:
    """What came in kind for a project: it is no spending and no part of what is allocated."""
    return get_total(Scope(accounts=(f"{policy.PROJECTS}{code}:{policy.IN_KIND}",))).functional


def _scope_of(codes: Sequence[str]) -> Scope:
    allocated = (policy.ALLOCATED + code for code in codes)
    spent = (f"{policy.PROJECTS}{code}:" for code in codes)
    obligated = (policy.OBLIGATED + code for code in codes)
    return Scope(accounts=(*allocated, *spent, *obligated))


def stand(found: Iterable[Total], advanced: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], ProjectStanding]:
    """Standings by project and sub-fund; the sub-fund is empty where the totals run over sub-funds."""
    sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for place, functional in advanced.items():
        sums[place][3] = functional
    for total in found:
        if total.account.startswith(policy.ALLOCATED):
            sums[total.account.removeprefix(policy.ALLOCATED), total.fund][0] -= total.functional
        elif total.account.startswith(policy.OBLIGATED):
            sums[total.account.removeprefix(policy.OBLIGATED), total.fund][2] += total.functional
        elif policy.is_spending(total.account):
            code, _ = policy.split_expense(total.account)
            sums[code, total.fund][1] += total.functional
    return {key: ProjectStanding(*cell) for key, cell in sums.items()}
