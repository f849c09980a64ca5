"""Work that is done while a database is at another: Python's lock is free while it waits for the answer."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def beside(work: Callable[[], None]) -> Iterator[None]:
    """Does `work` in a thread of its own beside the block, and has it done at the end of it.

    What `work` raises goes before what the block raises, as if it had come first.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        done = pool.submit(work)
        try:
            yield
        finally:
            done.result()


@contextmanager
def before(work: Callable[[], None]) -> Iterator[None]:
    """Does `work` before the block."""
    work()
    yield
