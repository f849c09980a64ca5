"""Kills a worker with -9 again and again, and looks after each time at what is left.

This process never opens the database: the worker and whoever looks are children of it, each with a connection of its
own, and each ends without closing anything. So every one of them finds the database as a crash left it.
"""

import json
import os
import select
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.db import Error, OperationalError, connection

from tests.crash.acts import Act, work
from tests.crash.verdicts import Verdict, check_everything, judge, read_books

Tell = Callable[[str], None]

# A worker that says nothing for so long is a failure of its own.
_PATIENCE = 120.0
# How a process ends whose connection broke.
_CUT_OFF = 3
# So many acts at most are let pass before the one that is aimed at.
_MOST_PASSED = 4
# One kill in so many comes at any time of the worker's life, its start included; the others aim at an act.
_ANY_TIME = 5
# One kill in so many, by its number, comes as soon as an act has written something: even a short run has some.
_AFTER_WRITE = 3
# On PostgreSQL one kill in so many hits the server's backend instead of the worker.
_BACKEND = 10


class Child:
    """A process that does one task and tells of it line by line."""

    def __init__(self, task: Callable[[Tell], None]) -> None:
        reading, writing = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(reading)
            _run(task, writing)
        os.close(writing)
        self._pipe, self._heard = reading, b""

    def hear(self, patience: float = _PATIENCE) -> str | None:
        """The next line, or None where the process has ended or stays silent for so many seconds."""
        end = time.monotonic() + patience
        while b"\n" not in self._heard:
            ready, _, _ = select.select([self._pipe], [], [], max(0.0, end - time.monotonic()))
            piece = os.read(self._pipe, 65536) if ready else b""
            if not piece:
                return None
            self._heard += piece
        line, _, self._heard = self._heard.partition(b"\n")
        return line.decode()

    def kill(self) -> None:
        """Ends the process at once."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """How the process ended: its exit code, or the signal with a minus sign."""
        _, status = os.waitpid(self.pid, 0)
        os.close(self._pipe)
        return os.waitstatus_to_exitcode(status)


def _run(task: Callable[[Tell], None], writing: int) -> None:
    """In the child. It leaves without tidying up, as if it had been killed."""
    code = 1
    try:
        task(lambda line: _write(writing, line))
        code = 0
    except Error:
        code = _CUT_OFF
        if connection.vendor == "sqlite":
            traceback.print_exc()
    except BaseException:  # noqa: BLE001 - whatever it is, the parent's code must not run on in the child
        traceback.print_exc()
    finally:
        os._exit(code)


def _write(pipe: int, line: str) -> None:
    os.write(pipe, f"{line}\n".encode())


@dataclass(slots=True)
class Report:
    """What a run has seen so far.

    Of the kills, `backends` hit the server's backend, `inside` came inside an act, by its kind, and `undone` of these
    after it had written something that was then taken back. `whole` acts were committed and not acknowledged any more.
    `acknowledged` maps each receipt, and the place of each entry of an opened book, to the hash of the entry.
    """

    kills: int = 0
    backends: int = 0
    inside: Counter[str] = field(default_factory=Counter)
    undone: int = 0
    acts: int = 0
    whole: int = 0
    checks: int = 0
    acknowledged: dict[str, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def describe(report: Report) -> str:
    """The figures of a run, in a sentence."""
    inside = ", ".join(f"{kind} {count:,}" for kind, count in sorted(report.inside.items()))
    return (
        f"{report.kills:,} kills ({report.backends:,} of the server's backend), {report.inside.total():,} inside an "
        f"act ({inside}), "
        f"{report.undone:,} of these after its first write and before its commit; {report.acts:,} acts acknowledged, "
        f"{len(report.lost)} lost; {report.whole:,} committed and never acknowledged, all whole; {len(report.broken)} "
        f"half written; {len(report.acknowledged):,} receipts and entries of opened books stand; full checks: "
        f"{report.checks}."
    )


class Harness:
    """A run of so many kills; the same `seed` makes the same choices, though not the same moments."""

    def __init__(self, *, seed: int, check_every: int) -> None:
        self.report = Report()
        self._seed = seed
        self._check_every = check_every
        self._random = Random(seed)
        self._usual: dict[str, float] = {}
        self._begun: Act | None = None
        self._begun_at = 0.0
        self._wrote = False
        self._backend = 0

    def run(self, kills: int, show: Tell) -> Report:
        """Kills so many times, or until something is lost or broken."""
        while self.report.kills < kills and not (self.report.lost or self.report.broken):
            self._kill_once()
            self._look()
            if self.report.kills % self._check_every == 0 or self.report.kills == kills:
                self._check()
                show(f"{self.report.kills:,} kills, {len(self.report.acknowledged):,} receipts and entries of books")
        return self.report

    def _kill_once(self) -> None:
        life = f"S{self._seed}L{self.report.kills + 1}"
        self._begun, self._backend = None, 0
        worker = Child(lambda tell: work(life, tell))
        hits_backend = connection.vendor == "postgresql" and self._random.randrange(_BACKEND) == 0
        if self.report.kills % _AFTER_WRITE == 0:
            self._wait_for_act(worker, until_it_wrote=True)
        elif self._random.randrange(_ANY_TIME) or hits_backend:
            self._wait_for_act(worker)
            time.sleep(self._random.uniform(0, 1.2 * self._guess_act()))
        else:
            time.sleep(self._random.uniform(0, 10 * self._guess()))
        if hits_backend:
            os.kill(self._backend, signal.SIGKILL)
            self.report.backends += 1
        else:
            worker.kill()
        self._bury(worker, _CUT_OFF if hits_backend else -signal.SIGKILL)

    def _wait_for_act(self, worker: Child, *, until_it_wrote: bool = False) -> None:
        """Until some acts are over, and one more is under way, or has written something too."""
        passed = self.report.acts + self._random.randint(0, _MOST_PASSED)
        while self.report.acts < passed or self._begun is None or (until_it_wrote and not self._wrote):
            line = worker.hear()
            if line is None:
                raise RuntimeError("The worker fell silent.")
            self._take(line)

    def _guess_act(self) -> float:
        """How long the act takes that is under way."""
        assert self._begun
        return self._guess(self._begun.kind)

    def _guess(self, kind: str = "receipt") -> float:
        return self._usual.get(kind, 0.05)

    def _take(self, line: str) -> None:
        what, *words = line.split()
        if what == "ready":
            self._backend = int(words[0])
        elif what == "begin":
            self._begun, self._begun_at = Act(words[0], words[1], int(words[2])), time.monotonic()
            self._wrote = False
        elif what == "wrote":
            self._wrote = True
        else:
            assert self._begun
            assert len(words) == self._begun.size
            taken, kind = time.monotonic() - self._begun_at, self._begun.kind
            self._usual[kind] = 0.8 * self._usual.get(kind, taken) + 0.2 * taken
            self._begun = None
            self.report.acts += 1
            self.report.acknowledged |= dict(word.split("=") for word in words)

    def _bury(self, worker: Child, expected: int) -> None:
        """Reads what the worker still told before it ended, and how it ended."""
        while (line := worker.hear()) is not None:
            self._take(line)
        code = worker.wait()
        self.report.kills += 1
        if self._begun:
            self.report.inside[self._begun.kind] += 1
        if code != expected:
            self.report.broken.append(f"The worker ended with {code} instead of {expected}.")

    def _look(self) -> None:
        acknowledged, attempted = self.report.acknowledged, self._begun
        found = Verdict(**_ask(lambda: _judge_now(acknowledged, attempted)))
        self.report.lost += found.lost
        self.report.broken += found.broken
        self.report.whole += bool(found.whole)
        self.report.undone += bool(attempted and self._wrote and not found.whole)
        self.report.acknowledged |= found.whole

    def _check(self) -> None:
        self.report.broken += _ask(lambda: check_everything(lambda _: None))
        self.report.checks += 1


def _judge_now(acknowledged: dict[str, str], attempted: Act | None) -> dict[str, Any]:
    verdict = judge(read_books(), acknowledged, attempted)
    return {"lost": verdict.lost, "broken": verdict.broken, "whole": verdict.whole}


def _ask(question: Callable[[], Any]) -> Any:
    """What `question` answers in a process of its own."""

    def answer(tell: Tell) -> None:
        _connect()
        tell(json.dumps(question()))

    child = Child(answer)
    line, code = child.hear(), child.wait()
    if line is None or code:
        raise RuntimeError(f"Whoever looks after a crash ended with {code}.")
    return json.loads(line)


def _connect() -> None:
    """Connects, as soon as a server that recovers takes connections."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.ensure_connection()
        except OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return
