"""Twenty workers as a server has them, processes with threads, that send the same form two by two at the same moment.

Run in processes of their own, with the project's own settings: nothing of Django is imported before `work` begins.
"""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid4, uuid5

PROCESSES, THREADS = 5, 4
PAIRS = PROCESSES * THREADS // 2
# Seconds that one waits for the other of its pair.
PATIENCE = 300

_barriers: Sequence[Barrier] = ()


class Answered(NamedTuple):
    """What a form was answered: of which receipt, the status, where it led or what it said, after how many seconds."""

    number: int
    status: int
    text: str
    seconds: float


def set_up(barriers: Sequence[Barrier]) -> None:
    """Keeps what the processes share, and starts Django."""
    global _barriers
    _barriers = barriers
    import django

    django.setup()


def send_all(count: int, *, username: str, same_key: bool) -> list[Answered]:
    """Every worker's answers: each of so many receipts is sent by two workers of different processes."""
    context = get_context("spawn")
    barriers = [context.Barrier(2) for _ in range(PAIRS)]
    with ProcessPoolExecutor(PROCESSES, mp_context=context, initializer=set_up, initargs=(barriers,)) as pool:
        work = [pool.submit(work_in_threads, process, count, username, same_key) for process in range(PROCESSES)]
        return [answered for done in work for answered in done.result()]


def work_in_threads(process: int, count: int, username: str, same_key: bool) -> list[Answered]:
    """The answers of one process."""
    with ThreadPoolExecutor(THREADS) as pool:
        workers = range(process * THREADS, (process + 1) * THREADS)
        work: list[Future[list[Answered]]] = [
            pool.submit(send, worker, count, username, same_key) for worker in workers
        ]
        return [answered for done in work for answered in done.result()]


def send(worker: int, count: int, username: str, same_key: bool) -> list[Answered]:
    """One worker's answers: of every receipt of its pair, each sent when the other one is ready too."""
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client

    pair = worker % PAIRS
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.force_login(User.objects.get(username=username))
    answers = []
    for number in range(pair, count, PAIRS):
        form = make_form(number, same_key=same_key)
        _barriers[pair].wait(timeout=PATIENCE)
        began = time.perf_counter()
        response = client.post("/receipts/new/?donor=CAN", form)
        text = response.headers.get("Location") or response.content.decode()
        answers.append(Answered(number, response.status_code, text, time.perf_counter() - began))
    connection.close()
    return answers


def make_form(number: int, *, same_key: bool) -> dict[str, str]:
    """What the form of a receipt sends."""
    key = uuid5(NAMESPACE_URL, f"receipt {number}") if same_key else uuid4()
    facts = {"bank_account": "CITI-USD", "received_on": "2025-03-03", "amount": f"{number + 1}.00", "charges": ""}
    return facts | {"reference": f"BANK-{number}", "retry_key": str(key)}
