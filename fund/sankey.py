"""Where the boxes and bands of a flow diagram stand: amounts in, coordinates out. Pure: no Django, no clock.

A box is as high as the amount that goes through it and a band as wide as what it carries, all of them on one scale, so
that what flows into a box and what flows out of it are as high as each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# The box of a column that stands for those that are folded.
OTHERS = ""


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """A box before it has a place: its column, counted from 0, and what it is called there."""

    column: int
    name: str


@dataclass(frozen=True, slots=True)
class Link:
    """What flows from one box to one of a later column: minor units, more than zero."""

    source: Node
    target: Node
    amount: int


@dataclass(frozen=True, slots=True)
class Box:
    """A box with its place. `folded` are the boxes that it stands for, where it is OTHERS."""

    node: Node
    amount: int
    x: float
    y: float
    width: float
    height: float
    folded: int = 0

    @property
    def middle(self) -> float:
        """Half-way down."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Band:
    """What joins two boxes: its link, its width, and its outline as the path of an SVG."""

    link: Link
    width: float
    path: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes and bands in a frame of `width` by `height`, which is as high as the highest column."""

    boxes: tuple[Box, ...]
    bands: tuple[Band, ...]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Frame:
    """The room for a picture, in its own units; `gap` lies between boxes, `box` is how wide one is."""

    width: float = 1000
    height: float = 400
    gap: float = 16
    box: float = 12


def arrange(links: Iterable[Link], *, most: int = 12, frame: Frame | None = None) -> Picture:
    """Places what flows. Of a column with more than `most` boxes, the smallest are folded into one.

    Amounts of zero vanish; negative ones are a mistake of the caller's, who turns them round.
    """
    frame = frame or Frame()
    links, folded = fold(merge(links), most)
    sizes = find_sizes(links)
    if not sizes:
        return Picture((), (), frame.width, 0)
    boxes = _place(_order(links, sizes), sizes, folded, frame)
    height = max(box.y + box.height for box in boxes.values())
    return Picture(tuple(boxes.values()), tuple(_draw(links, boxes)), frame.width, round(height, 2))


def merge(links: Iterable[Link]) -> list[Link]:
    """One link for each pair of boxes, in their order; those of nothing are left out."""
    sums: defaultdict[tuple[Node, Node], int] = defaultdict(int)
    for link in links:
        assert link.amount >= 0
        assert link.source.column < link.target.column
        sums[link.source, link.target] += link.amount
    return [Link(*pair, amount) for pair, amount in sorted(sums.items()) if amount]


def fold(links: Sequence[Link], most: int) -> tuple[list[Link], dict[int, int]]:
    """The links with the smallest boxes of full columns as one, and how many were folded, by column."""
    columns: defaultdict[int, list[Node]] = defaultdict(list)
    for node, _ in sorted(find_sizes(links).items(), key=lambda item: (-item[1], item[0])):
        columns[node.column].append(node)
    small = {node for nodes in columns.values() if len(nodes) > most for node in nodes[most - 1 :]}

    def find(node: Node) -> Node:
        return Node(node.column, OTHERS) if node in small else node

    counts: defaultdict[int, int] = defaultdict(int)
    for node in small:
        counts[node.column] += 1
    return merge(Link(find(link.source), find(link.target), link.amount) for link in links), dict(counts)


def find_sizes(links: Iterable[Link]) -> dict[Node, int]:
    """What goes through each box: what comes in or what goes out, whichever is more."""
    into: defaultdict[Node, int] = defaultdict(int)
    out: defaultdict[Node, int] = defaultdict(int)
    for link in links:
        out[link.source] += link.amount
        into[link.target] += link.amount
    return {node: max(into[node], out[node]) for node in sorted({*into, *out})}


def _order(links: Sequence[Link], sizes: Mapping[Node, int]) -> list[list[Node]]:
    """The boxes of each column from above: the largest first, and then near to where their money comes from."""
    last = max(node.column for node in sizes)
    place: dict[Node, float] = {}
    ordered = []
    for column in range(last + 1):
        nodes = [node for node in sizes if node.column == column]
        pull = {node: _find_pull(node, links, place) for node in nodes}
        nodes.sort(key=lambda node: (node.name == OTHERS, pull[node], -sizes[node], node.name))
        place |= {node: index / len(nodes) for index, node in enumerate(nodes)}
        ordered.append(nodes)
    return ordered


def _find_pull(node: Node, links: Sequence[Link], place: Mapping[Node, float]) -> float:
    """How far down what flows into a box stands, on average; 0 for a box that nothing flows into."""
    into = [link for link in links if link.target == node]
    whole = sum(link.amount for link in into)
    return sum(place[link.source] * link.amount for link in into) / whole if whole else 0


def _place(
    columns: Sequence[Sequence[Node]], sizes: Mapping[Node, int], folded: Mapping[int, int], frame: Frame
) -> dict[Node, Box]:
    scale = min(
        (frame.height - frame.gap * (len(nodes) - 1)) / sum(sizes[node] for node in nodes) for nodes in columns if nodes
    )
    step = (frame.width - frame.box) / max(1, len(columns) - 1)
    boxes: dict[Node, Box] = {}
    for column, nodes in enumerate(columns):
        y = 0.0
        for node in nodes:
            height = sizes[node] * scale
            count = folded.get(column, 0) if node.name == OTHERS else 0
            boxes[node] = Box(node, sizes[node], round(step * column, 2), y, frame.box, height, count)
            y += height + frame.gap
    return boxes


def _draw(links: Sequence[Link], boxes: Mapping[Node, Box]) -> list[Band]:
    """The bands, those of a box one below the other, in the order of the boxes at their other ends."""
    left: defaultdict[Node, float] = defaultdict(float)
    right: defaultdict[Node, float] = defaultdict(float)
    bands = []
    for link in sorted(links, key=lambda link: (boxes[link.source].y, boxes[link.target].y)):
        source, target = boxes[link.source], boxes[link.target]
        width = link.amount * source.height / source.amount
        path = _outline(
            source.x + source.width, source.y + right[link.source], target.x, target.y + left[link.target], width
        )
        right[link.source] += width
        left[link.target] += width
        bands.append(Band(link, width, path))
    return bands


def _outline(x: float, y: float, to_x: float, to_y: float, width: float) -> str:
    """A band that leaves and arrives level: two curves and the edges between them."""
    half = (x + to_x) / 2
    numbers = (
        x,
        y,
        half,
        y,
        half,
        to_y,
        to_x,
        to_y,
        to_x,
        to_y + width,
        half,
        to_y + width,
        half,
        y + width,
        x,
        y + width,
    )
    texts = [f"{number:.2f}" for number in numbers]
    return "M{},{} C{},{} {},{} {},{} L{},{} C{},{} {},{} {},{} Z".format(*texts)
