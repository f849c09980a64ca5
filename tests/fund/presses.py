"""Several people who press at the same moment: real threads, real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from ledger.errors import Refused


def press_at_once(act: Callable[[], Any], times: int = 4) -> list[Refused | None]:
    """Runs `act` in several threads that begin together; what each was refused, or None."""
    barrier = Barrier(times)

    def press(_: int) -> Refused | None:
        try:
            barrier.wait(timeout=10)
            act()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(press, range(times)))


def only_one(outcomes: list[Refused | None], refused: type[Refused]) -> None:
    assert [type(outcome) for outcome in outcomes if outcome] == [refused] * (len(outcomes) - 1)
