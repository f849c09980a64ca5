"""A flow of money as pages show it: a picture, and the tables beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from fund.models import Donor, Project
from fund.policy import POOL
from fund.queries.flows import Flow, Rest, Source, Use
from fund.queries.shares import name_category
from fund.sankey import OTHERS, Box, Link, Node, arrange
from fund.templatetags.money import minor
from ledger.queries import functional_currency

_SOURCES, _FUNDS, _PROJECTS, _USES = range(4)
# What a box of the first column is called that is no donor: what banks and rates brought.
_GAINS = "gains"
_TONES = {Rest.BEFORE: 2, Rest.OBLIGATED: 4, Rest.ADVANCED: 4, Rest.LEFT: 5, Rest.UNALLOCATED: 5, Rest.OTHER: 3}
_LONGEST = 34


def name_rest(what: str) -> str:
    """What became of money, in words: a category of spending, or a Rest."""
    names = {
        Rest.BEFORE: _("Spent before the period"),
        Rest.OBLIGATED: _("Obligated, not paid yet"),
        Rest.ADVANCED: _("With partners, not reported yet"),
        Rest.LEFT: _("Allocated and left"),
        Rest.UNALLOCATED: _("Not allocated yet"),
        Rest.OTHER: _("Other costs"),
    }
    return names[Rest(what)] if what in names else name_category(what)


@dataclass(frozen=True, slots=True)
class Names:
    """What donors and projects are called. With `links`, names and amounts lead to what is behind them."""

    donors: Mapping[str, str]
    projects: Mapping[str, str]
    links: bool

    def of_source(self, source: Source) -> str:
        """A contribution by its number, otherwise its donor by name."""
        return source.number or self.donors.get(source.donor, source.donor)

    def of_project(self, use: Use) -> str:
        """A project with its title, or what became of money that is of none."""
        return f"{use.project} · {self.projects.get(use.project, '')}" if use.project else name_rest(use.what)


def load_names(flow: Flow, *, links: bool) -> Names:
    """The names that a flow needs, and no other donor's."""
    donors = Donor.objects.filter(code__in={source.donor for source in flow.sources}).values_list("code", "name")
    projects = Project.objects.filter(code__in={use.project for use in flow.uses}).values_list("code", "title")
    return Names(dict(donors), dict(projects), links)


def show_flow(flow: Flow, *, links: bool) -> dict[str, Any]:
    """What the templates of a flow need: its figures, its picture, and the rows of its tables."""
    names = load_names(flow, links=links)
    figures = [
        (_("Paid in"), flow.paid_in, _("less what is unapplied")),
        (_("Spent"), flow.spent, ""),
        (name_rest(Rest.OBLIGATED), flow.sum_of(Rest.OBLIGATED), ""),
        (name_rest(Rest.ADVANCED), flow.sum_of(Rest.ADVANCED), ""),
        (name_rest(Rest.LEFT), flow.sum_of(Rest.LEFT), ""),
        (name_rest(Rest.UNALLOCATED), flow.sum_of(Rest.UNALLOCATED), ""),
        (name_rest(Rest.OTHER), flow.sum_of(Rest.OTHER), _("bank charges less gains and interest")),
    ]
    return {
        "flow": flow,
        "figures": figures,
        "picture": draw_flow(flow, names),
        "source_rows": [_to_source_row(source, names) for source in flow.sources],
        "use_rows": [_to_use_row(use, flow, names) for use in flow.uses],
        "has_numbers": any(source.number for source in flow.sources),
    }


def _to_source_row(source: Source, names: Names) -> dict[str, Any]:
    url, receipts = "", ""
    if names.links:
        url = _find_source_url(source)
        receipts = f"{reverse('fund:receipt-list')}?{urlencode({'donor': source.donor})}" if source.donor else ""
    return {"label": names.of_source(source), "url": url, "source": source, "amount_url": receipts}


def _find_source_url(source: Source) -> str:
    if not source.number:
        return reverse("fund:donor", args=[source.donor]) if source.donor else ""
    route = {"AGR": "fund:agreement", "APL": "fund:application"}.get(source.number[:3], "fund:receipt")
    return reverse(route, args=[source.number])


def _to_use_row(use: Use, flow: Flow, names: Names) -> dict[str, Any]:
    project = f"{use.project} · {names.projects.get(use.project, '')}" if use.project else ""
    url = reverse("fund:project", args=[use.project]) if names.links and use.project else ""
    amount_url = _find_list_url(use, flow) if names.links else ""
    return {"project": project, "url": url, "what": name_rest(use.what), "use": use, "amount_url": amount_url}


def _find_list_url(use: Use, flow: Flow) -> str:
    """The list behind an amount: payments, contracts, advances, decisions; of what no list has, the sub-fund's page."""
    if not use.project:
        return reverse("fund:sub-fund", args=[use.fund])
    asked, query = flow.asked, {"fund": use.fund, "project": use.project}
    if use.what == Rest.OBLIGATED:
        return f"{reverse('fund:obligation-list')}?{urlencode(query | {'state': 'open'})}"
    if use.what == Rest.ADVANCED:
        return f"{reverse('fund:advance-list')}?{urlencode(query | {'state': 'open'})}"
    if use.what == Rest.LEFT:
        return f"{reverse('fund:allocation-list')}?{urlencode(query)}"
    if asked.since and use.what != Rest.BEFORE:
        query["since"] = str(asked.since)
    return f"{reverse('fund:disbursement-list')}?{urlencode(query | {'until': str(asked.until)})}"


def draw_flow(flow: Flow, names: Names) -> dict[str, Any] | None:
    """The picture: boxes with their names and amounts, bands with what they carry; None where there is nothing."""
    labels, urls, links = _collect(flow, names)
    picture = arrange(links)
    if not picture.boxes:
        return None
    boxes = [_to_box(box, labels, urls, picture.width) for box in picture.boxes]
    by_node = {box["node"]: box["name"] for box in boxes}
    bands = [
        {
            "path": band.path,
            "tone": _find_tone(band.link.target, band.link.source),
            "title": f"{by_node[band.link.source]} → {by_node[band.link.target]}: {_show(band.link.amount)}",
        }
        for band in picture.bands
    ]
    return {"boxes": boxes, "bands": bands, "width": picture.width, "height": picture.height + 8}


def _show(amount: int) -> str:
    return f"{functional_currency()} {minor(amount, functional_currency())}"


def _collect(flow: Flow, names: Names) -> tuple[dict[Node, str], dict[Node, str], list[Link]]:
    """The names and addresses of boxes, and what flows between them."""
    labels: dict[Node, str] = {}
    urls: dict[Node, str] = {}
    links: list[Link] = []
    for source in flow.sources:
        node, fund = Node(_SOURCES, source.number or source.donor), Node(_FUNDS, source.fund)
        labels[node] = names.of_source(source)
        urls[node] = _find_source_url(source) if names.links else ""
        links += _flow_between(node, fund, source.amount, labels)
    for use in flow.uses:
        fund = Node(_FUNDS, use.fund)
        labels[fund] = _name_fund(use.fund, names)
        urls[fund] = reverse("fund:sub-fund", args=[use.fund]) if names.links else ""
        project = Node(_PROJECTS, use.project or use.what)
        links += _flow_between(fund, project, use.amount, labels)
        if use.amount > 0:
            labels[project] = names.of_project(use)
        if use.project:
            urls[project] = reverse("fund:project", args=[use.project]) if names.links else ""
            if use.amount > 0:
                rest = Node(_USES, use.what)
                labels[rest] = name_rest(use.what)
                links.append(Link(project, rest, use.amount))
    return labels, urls, links


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
        return _("The pool") if names.links else _("Share of the pool")
    return fund


def _find_tone(target: Node, source: Node) -> int:
    """The colour of what became of the money; spending has the first one."""
    for node in (target, source):
        if node.name in list(Rest):
            return _TONES[Rest(node.name)]
    return 1


def _to_box(box: Box, labels: Mapping[Node, str], urls: Mapping[Node, str], width: float) -> dict[str, Any]:
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
        "url": urls.get(box.node, ""),
        "tone": _find_tone(box.node, box.node),
        "x": box.x,
        "y": box.y,
        "width": box.width,
        "height": max(box.height, 1),
        "text_x": box.x - 6 if is_last else box.x + box.width + 6,
        "text_y": box.middle + 4,
        "anchor": "end" if is_last else "start",
    }
