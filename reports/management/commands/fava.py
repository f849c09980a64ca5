import os
import signal
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

from django.core.management import CommandError, CommandParser
from django.db import connections
from django.utils import timezone

from fund.management.base import DataCommand
from fund.management.commands.demo import find_port
from ledger.copies import open_copies
from reports.books import export_book

_HOST = "127.0.0.1"
_INSTALL = ".uv/bin/uv pip install -r pyproject.toml --extra fava -c requirements-test.txt"


class Command(DataCommand):
    help = "Opens a fresh copy of the book in Fava, on this machine and read-only; the copy is gone when it ends."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, help="the port; without it, the first free one from 8000 on")

    def handle(self, *args: Any, **options: Any) -> None:
        if find_spec("fava") is None:
            raise CommandError(f"Fava is not installed; this installs it: {_INSTALL}")
        port = find_port(options["port"])
        # Also the interrupt: a shell has what it starts in the background ignore it.
        for told in (signal.SIGTERM, signal.SIGINT):
            signal.signal(told, _end)
        # The terminal that is closed, unless whoever started it wants it to go on.
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            signal.signal(signal.SIGHUP, _end)
        try:
            with open_copies() as folder:
                self.open(folder, port)
        except KeyboardInterrupt:
            pass
        self.stdout.write("Ended; the copy is gone.")

    def open(self, folder: Path, port: int) -> None:
        """Writes a copy of the book and serves it until it is told to end."""
        taken_at = timezone.localtime()
        book = export_book(folder)
        connections.close_all()
        self.stdout.write(f"The book as of {taken_at:%Y-%m-%d %H:%M:%S %Z}: {book.entries:,} entries.")
        self.stdout.write(f"Open http://{_HOST}:{port}/ in a browser; Ctrl-C ends it.")
        self.stdout.flush()
        serve(book.main, port)


def _end(*_: object) -> None:
    raise KeyboardInterrupt


def serve(main: Path, port: int) -> None:
    """Serves a book in this very process, so that nothing goes on serving it; returns once it is told to end."""
    from cheroot.wsgi import Server
    from fava.application import create_app

    # Beancount takes the name of a cache from the environment.
    for name in [name for name in os.environ if name.startswith("BEANCOUNT_")]:
        del os.environ[name]
    app = create_app([str(main)], read_only=True)
    # By another name, a page of somebody else's would read the book in this machine's browser.
    app.config["TRUSTED_HOSTS"] = [_HOST, "localhost"]
    # Its threads are daemons, as the one that starts them: none swallows what ends this one, nor outlives it.
    serving = Thread(target=Server((_HOST, port), app).start, daemon=True)
    serving.start()
    serving.join()
