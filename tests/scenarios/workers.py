"""Twenty workers as a server has them, processes with threads, that send the same form two by two at the same moment.

Run in processes of their own, with the project's own settings: nothing of Django is imported before `work` begins.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid4, uuid5

PROCESSES, THREADS = 5, 4
PAIRS = PROCESSES * THREADS // 2
# Seconds that one waits for the other of its pair.
PATIENCE = 300


class Answered(NamedTuple):
    """What a form was answered: of which receipt, the status, where it led or what it said, after how many seconds."""

    number: int
    status: int
    text: str
    seconds: float


def send_all(count: int, *, username: str, same_key: bool) -> list[Answered]:
    """Every worker's answers: each of so many receipts is sent by two workers of different processes.

    All that these share are pipes: locks between processes need shared memory, which a plain user may not have.
    """
    context = get_context("spawn")
    # An end of a pipe for each worker; the other of its pair is the one of so many places later.
    meetings = [end for ends in zip(*(context.Pipe() for _ in range(PAIRS)), strict=True) for end in ends]
    told, processes = [], []
    for first in range(0, len(meetings), THREADS):
        told_here, tell = context.Pipe(duplex=False)
        mine = dict(enumerate(meetings[first : first + THREADS], first))
        process = context.Process(target=work, args=(mine, tell, count, username, same_key))
        process.start()
        told.append(told_here)
        processes.append(process)
        tell.close()
    # So that who waits for a process that is gone hears of it.
    for end in meetings:
        end.close()
    answers = [answered for one in told for answered in one.recv()]
    for process in processes:
        process.join()
    return answers


def work(meetings: dict[int, Connection], tell: Connection, count: int, username: str, same_key: bool) -> None:
    """Tells the answers of the workers of one process, each a thread with its number and its end of a pipe."""
    import django

    django.setup()
    with ThreadPoolExecutor(THREADS) as pool:
        running: list[Future[list[Answered]]] = [
            pool.submit(send, worker, meeting, count, username, same_key) for worker, meeting in meetings.items()
        ]
        tell.send([answered for done in running for answered in done.result()])


def meet(meeting: Connection) -> None:
    """Returns when the other one of the pair is here too."""
    meeting.send_bytes(b"here")
    assert meeting.poll(PATIENCE), "The other one of the pair never came."
    meeting.recv_bytes()


def send(worker: int, meeting: Connection, count: int, username: str, same_key: bool) -> list[Answered]:
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
        meet(meeting)
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
