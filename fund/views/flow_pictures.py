"""A flow of money as pages show it: a picture, and the tables beside it. Both lead to the same places."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from fund.models import Donor, Project
from fund.policy import POOL
from fund.queries.flows import Flow, Rest, Source, Use, name_use
from fund.sankey import OTHERS, Box, Link, Node, arrange
from fund.templatetags.money import minor
from fund.views.flow_links import Links
from ledger.queries import functional_currency

_SOURCES, _FUNDS, _PROJECTS, _USES = range(4)
# What a box of the first column is called that is no donor: what banks and rates brought.
_GAINS = "gains"
_TONES = {Rest.BEFORE: 2, Rest.OBLIGATED: 4, Rest.ADVANCED: 4, Rest.LEFT: 5, Rest.UNALLOCATED: 5, Rest.OTHER: 3}
_LONGEST = 34
# The tables that have what is folded in a picture, by column.
_TABLES = ("#sources", "#sources", "#uses", "#uses")


@dataclass(frozen=True, slots=True)
class Names:
    """What donors and projects are called, and where they and their amounts lead."""

    donors: Mapping[str, str]
    projects: Mapping[str, str]
    links: Links

    def of_source(self, source: Source) -> str:
        """A contribution by its number, otherwise its donor by name."""
        return source.number or self.donors.get(source.donor, source.donor)

    def of_project(self, use: Use) -> str:
        """A project with its title, or what became of money that is of none."""
        return f"{use.project} · {self.projects.get(use.project, '')}" if use.project else name_use(use.what)


def load_names(flow: Flow, links: Links) -> Names:
    """The names that a flow needs, and no other donor's."""
    donors = Donor.objects.filter(code__in={source.donor for source in flow.sources}).values_list("code", "name")
    projects = Project.objects.filter(code__in={use.project for use in flow.uses}).values_list("code", "title")
    return Names(dict(donors), dict(projects), links)


def show_flow(flow: Flow, links: Links) -> dict[str, Any]:
    """What the templates of a flow need: its figures, its picture, and the rows of its tables."""
    names = load_names(flow, links)
    figures = [
        (_("Paid in"), flow.paid_in, _("less what is unapplied")),
        (_("Spent"), flow.spent, ""),
        (name_use(Rest.OBLIGATED), flow.sum_of(Rest.OBLIGATED), ""),
        (name_use(Rest.ADVANCED), flow.sum_of(Rest.ADVANCED), ""),
        (name_use(Rest.LEFT), flow.sum_of(Rest.LEFT), ""),
        (name_use(Rest.UNALLOCATED), flow.sum_of(Rest.UNALLOCATED), ""),
        (name_use(Rest.OTHER), flow.sum_of(Rest.OTHER), _("bank charges less gains and interest")),
    ]
    rows = [_to_source_row(source, names) for source in flow.sources]
    return {
        "flow": flow,
        "figures": figures,
        "picture": draw_flow(flow, names),
        "source_rows": sorted(rows, key=lambda row: (row["source"].fund, str(row["label"]))),
        "use_rows": [_to_use_row(use, names) for use in flow.uses],
        "has_numbers": any(source.number for source in flow.sources),
    }


def _to_source_row(source: Source, names: Names) -> dict[str, Any]:
    url, amount_url = names.links.of_source(source), names.links.of_paid_in(source)
    return {"label": names.of_source(source), "url": url, "source": source, "amount_url": amount_url}


def _to_use_row(use: Use, names: Names) -> dict[str, Any]:
    project, url = "", ""
    if use.project:
        project, url = names.of_project(use), names.links.of_project(use.project)
    return {
        "project": project,
        "url": url,
        "what": name_use(use.what),
        "use": use,
        "amount_url": names.links.of_use(use),
    }


def draw_flow(flow: Flow, names: Names) -> dict[str, Any] | None:
    """The picture: boxes with their names and amounts, bands with what they carry; None where there is nothing."""
    labels, links = _collect(flow, names)
    picture = arrange(links)
    if not picture.boxes:
        return None
    boxes = [_to_box(box, labels, _find_box_url(box.node, flow, names.links), picture.width) for box in picture.boxes]
    by_node = {box["node"]: box["name"] for box in boxes}
    bands = [
        {
            "path": band.path,
            "tone": _find_tone(band.link.target, band.link.source),
            "url": _find_band_url(band.link, flow, names.links),
            "title": f"{by_node[band.link.source]} → {by_node[band.link.target]}: {_show(band.link.amount)}",
        }
        for band in picture.bands
    ]
    return {"boxes": boxes, "bands": bands, "width": picture.width, "height": picture.height + 8}


def _show(amount: int) -> str:
    return f"{functional_currency()} {minor(amount, functional_currency())}"


def _collect(flow: Flow, names: Names) -> tuple[dict[Node, str], list[Link]]:
    """The names of boxes, and what flows between them."""
    labels: dict[Node, str] = {}
    links: list[Link] = []
    for source in flow.sources:
        node, fund = Node(_SOURCES, source.number or source.donor), Node(_FUNDS, source.fund)
        labels[node] = names.of_source(source)
        links += _flow_between(node, fund, source.amount, labels)
    for use in flow.uses:
        fund = Node(_FUNDS, use.fund)
        labels[fund] = _name_fund(use.fund, names)
        project = Node(_PROJECTS, use.project or use.what)
        links += _flow_between(fund, project, use.amount, labels)
        if use.amount > 0:
            labels[project] = names.of_project(use)
            if use.project:
                rest = Node(_USES, use.what)
                labels[rest] = name_use(use.what)
                links.append(Link(project, rest, use.amount))
    return labels, links


def _flow_between(source: Node, target: Node, amount: int, labels: dict[Node, str]) -> list[Link]:
    """What flows; what is below zero is a gain that flows into the sub-fund."""
    if amount >= 0:
        return [Link(source, target, amount)]
    gains = Node(_SOURCES, _GAINS)
    labels[gains] = _("Interest and gains")
    fund = target if target.column == _FUNDS else source
    return [Link(gains, fund, -amount)]


def _name_fund(fund: str, names: Names) -> str:
    if fund == POOL:
        return _("Share of the pool") if names.links.is_own else _("The pool")
    return fund


def _find_tone(target: Node, source: Node) -> int:
    """The colour of what became of the money; spending has the first one."""
    for node in (target, source):
        if node.name in list(Rest):
            return _TONES[Rest(node.name)]
    return 1


def _find_box_url(node: Node, flow: Flow, links: Links) -> str:
    """Where a box leads: as its name does in the tables; to a table, where it stands for several."""
    if node.name == OTHERS:
        return _TABLES[node.column]
    if node.column == _SOURCES:
        return links.of_fund("") if node.name == _GAINS else links.of_source(_find_source(node, flow))
    if node.column == _FUNDS:
        return links.of_fund(node.name)
    is_project = node.column == _PROJECTS and node.name not in list(Rest)
    return links.of_project(node.name) if is_project else links.of_use(_find_use(node.name, flow))


def _find_band_url(link: Link, flow: Flow, links: Links) -> str:
    """Where a band leads: as the amount that it carries does in the tables."""
    source, target = link.source, link.target
    if OTHERS in (source.name, target.name):
        return _TABLES[target.column]
    if source.column == _SOURCES:
        is_gain = source.name == _GAINS
        return links.of_fund(target.name) if is_gain else links.of_paid_in(_find_source(source, flow, target.name))
    if source.column == _PROJECTS:
        return links.of_use(_find_use(target.name, flow, project=source.name))
    if target.name in list(Rest):
        return links.of_use(_find_use(target.name, flow, fund=source.name))
    return links.of_passage(source.name, target.name)


def _find_source(node: Node, flow: Flow, fund: str = "") -> Source:
    return next(one for one in flow.sources if node.name == (one.number or one.donor) and fund in ("", one.fund))


def _find_use(what: str, flow: Flow, *, fund: str = "", project: str = "") -> Use:
    """All of a kind in a flow as one use; of its sub-fund, where there is one alone."""
    found = [use for use in flow.uses if use.what == what and fund in ("", use.fund) and project in ("", use.project)]
    funds = {use.fund for use in found}
    return Use(funds.pop() if len(funds) == 1 else "", project, what, sum(use.amount for use in found))


def _to_box(box: Box, labels: Mapping[Node, str], url: str, width: float) -> dict[str, Any]:
    name = labels.get(box.node, box.node.name)
    if box.node.name == OTHERS:
        name = _("%(count)d others") % {"count": box.folded}
    # There is room for a project's code; its title is in the table.
    short = name.partition(" · ")[0] if box.node.column == _PROJECTS else name
    is_last = box.x > width / 2 and box.x + box.width >= width - 1
    return {
        "node": box.node,
        "name": name,
        "short": short if len(short) <= _LONGEST else f"{short[: _LONGEST - 1]}…",
        "amount": _show(box.amount),
        "url": url,
        "tone": _find_tone(box.node, box.node),
        "x": box.x,
        "y": box.y,
        "width": box.width,
        "height": max(box.height, 1),
        "text_x": box.x - 6 if is_last else box.x + box.width + 6,
        "text_y": box.middle + 4,
        "anchor": "end" if is_last else "start",
    }
