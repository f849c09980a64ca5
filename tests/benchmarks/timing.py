"""Medians of repeated runs."""

import statistics
import time
from collections.abc import Callable


def measure(act: Callable[[], object], *, times: int = 21) -> float:
    """The median time of an act in milliseconds, after one run that does not count."""
    act()
    return statistics.median(take(act) for _ in range(times))


def take(act: Callable[[], object]) -> float:
    """The time of one run in milliseconds."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1e3
