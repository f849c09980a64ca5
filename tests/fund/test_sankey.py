"""A flow diagram keeps to the cent what flows, and draws it on one scale."""

import re
from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.sankey import OTHERS, Frame, Link, Node, Picture, arrange, find_sizes, fold, merge

A, B, C, D, E = Node(0, "a"), Node(0, "b"), Node(1, "c"), Node(2, "d"), Node(2, "e")
LINKS = [Link(A, C, 100), Link(B, C, 50), Link(C, D, 120), Link(C, E, 30)]

amounts = st.integers(min_value=0, max_value=10**12)
chains = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), amounts), min_size=1, max_size=40
)


def make_links(paths: list[tuple[int, int, int, int]]) -> list[Link]:
    nodes = [(Node(0, f"{a}"), Node(1, f"{b}"), Node(2, f"{c}"), amount) for a, b, c, amount in paths]
    return [Link(*pair, path[3]) for path in nodes for pair in pairwise(path[:3])]


def sum_sides(picture: Picture) -> tuple[dict[Node, int], dict[Node, int]]:
    into: defaultdict[Node, int] = defaultdict(int)
    out: defaultdict[Node, int] = defaultdict(int)
    for band in picture.bands:
        out[band.link.source] += band.link.amount
        into[band.link.target] += band.link.amount
    return into, out


@given(chains)
def test_what_flows_into_a_box_flows_out_of_it_to_the_cent_also_when_boxes_are_folded(
    paths: list[tuple[int, int, int, int]],
) -> None:
    picture, whole = arrange(make_links(paths), most=5), sum(path[3] for path in paths)
    into, out = sum_sides(picture)
    middle = [box for box in picture.boxes if box.node.column == 1]
    assert all(into[box.node] == out[box.node] == box.amount for box in middle)
    assert sum(box.amount for box in middle) == whole


@given(chains)
def test_bands_fill_their_boxes_and_nothing_overlaps(paths: list[tuple[int, int, int, int]]) -> None:
    picture = arrange(make_links(paths), most=5)
    for box in picture.boxes:
        sides = ([b.width for b in picture.bands if getattr(b.link, side) == box.node] for side in ("source", "target"))
        assert all(sum(side) == pytest.approx(box.height) for side in sides if side)
    by_column = sorted(picture.boxes, key=lambda box: (box.x, box.y))
    for one, other in pairwise(by_column):
        assert one.x < other.x or one.y + one.height <= other.y
    assert picture.height <= Frame().height + 0.01


def test_every_box_is_on_the_same_scale() -> None:
    boxes = {box.node: box for box in arrange(LINKS).boxes}
    assert boxes[C].height / boxes[A].height == pytest.approx(1.5)
    assert boxes[D].height + boxes[E].height == pytest.approx(boxes[C].height)


def test_amounts_of_zero_vanish_and_nothing_is_a_picture_of_nothing() -> None:
    assert merge([Link(A, C, 0), Link(B, C, 1), Link(B, C, 2)]) == [Link(B, C, 3)]
    assert arrange([Link(A, C, 0)]).boxes == ()


def test_what_is_negative_or_flows_back_is_a_mistake_of_the_program() -> None:
    for link in (Link(A, C, -1), Link(C, A, 1)):
        with pytest.raises(AssertionError):
            merge([link])


def test_the_smallest_boxes_of_a_full_column_become_one_that_says_how_many() -> None:
    links = [Link(Node(0, f"{place}"), C, place) for place in range(1, 16)]
    folded, counts = fold(links, 12)
    assert (counts, find_sizes(folded)[Node(0, OTHERS)]) == ({0: 4}, 1 + 2 + 3 + 4)
    last = max((box for box in arrange(links).boxes if box.node.column == 0), key=lambda box: box.y)
    assert (last.node.name, last.folded) == (OTHERS, 4)


def test_a_band_leaves_one_box_and_arrives_at_the_next() -> None:
    (band,) = arrange([Link(A, C, 5)]).bands
    numbers = [float(number) for number in re.findall(r"[\d.]+", band.path)]
    assert (numbers[0], numbers[6]) == (Frame().box, Frame().width - Frame().box)
    assert band.width == Frame().height
