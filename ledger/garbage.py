"""Python's search for cycles of references: a third of the time of work on many objects, few of which are in one."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# So many objects more than are gone start a search; the usual 700 start one for every few rows.
_SELDOM = 50_000


@contextmanager
def collecting_nothing() -> Iterator[None]:
    """Without the search, for what has no cycles or is soon over."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """With a search now and then, for what goes through many rows and holds few of them."""
    usual = gc.get_threshold()
    gc.set_threshold(_SELDOM, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
