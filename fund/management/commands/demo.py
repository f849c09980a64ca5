import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import connection, connections
from django.utils import timezone

from fund.demonstration.loading import Content, find_content, load_demonstration
from fund.demonstration.people import Access, renew_passwords
from fund.management.base import check_reachable
from ledger.errors import Refused
from ledger.queries import functional_currency

_HOST = "127.0.0.1"
_PORTS = range(8000, 8100)
_CURRENCY = "USD"


class Command(BaseCommand):
    help = "Loads the demonstration fund, once, and serves it on this machine. What was entered is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="stop before serving")
        parser.add_argument("--port", type=int, help=f"the port; without it, the first free one from {_PORTS[0]} on")

    def handle(self, *args: Any, **options: Any) -> None:
        port = None if options["no_serve"] else find_port(options["port"])
        self.load()
        self.show_people(renew_passwords())
        if port is None:
            self.stdout.write("\nIt is not served: leave out --no-serve for that.")
            return
        self.stdout.write(f"\nOpen http://{_HOST}:{port}/ in a browser; Ctrl-C ends it.")
        serve(port)

    def load(self) -> None:
        """Loads the demonstration into an empty database. Raises CommandError where there is other data."""
        check_reachable()
        content = find_content()
        if content is Content.OTHER:
            raise CommandError(
                "This database holds data that is not the demonstration's; it was left as it is. Name another one in "
                "DATABASE_URL, such as sqlite:////tmp/demo.sqlite3."
            )
        call_command("migrate", verbosity=0)
        if content is Content.DEMONSTRATION:
            self.stdout.write("The demonstration fund is there already: what was entered is kept.")
        elif functional_currency() != _CURRENCY:
            raise CommandError(f"The demonstration keeps its books in {_CURRENCY}: unset FUNCTIONAL_CURRENCY.")
        else:
            try:
                load_demonstration(timezone.localdate())
            except Refused as refusal:
                raise CommandError(f"The demonstration cannot be loaded: {refusal.message}") from None
            self.stdout.write(f"The demonstration fund was loaded into {connection.settings_dict['NAME']}.")

    def show_people(self, people: list[Access]) -> None:
        """Prints who can sign in."""
        self.stdout.write("Demonstration data: the people, organisations and payees are invented.\n")
        self.stdout.write("Who can sign in (the passwords are new at each start and shown only here):\n")
        for access in people:
            self.stdout.write(f"  {access.what:<18} {access.username:<10} {access.password}")


def find_port(wanted: int | None) -> int:
    """The port to serve on, free at this moment. Raises CommandError."""
    for port in [wanted] if wanted is not None else _PORTS:
        if 0 < port < 2**16 and is_free(port):
            return port
    if wanted is None:
        raise CommandError(f"No port from {_PORTS[0]} to {_PORTS[-1]} is free. Choose one with --port.")
    raise CommandError(f"Port {wanted} is not free. Choose another one with --port, or leave it out.")


def is_free(port: int) -> bool:
    """True where the port can be listened on."""
    with socket.socket() as probe:
        # As the server does: a port that was just left can be taken again at once.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return True


def serve(port: int) -> None:
    """Becomes the server: signals go to it, and its end is this command's."""
    connections.close_all()
    sys.stdout.flush()
    sys.stderr.flush()
    paths = [str(settings.BASE_DIR), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    options = ["--interface", "wsgi", "--host", _HOST, "--port", str(port), "--no-ws", "--log-level", "warning"]
    options += ["--blocking-threads", "4", "--workers-kill-timeout", "10"]
    command = [sys.executable, "-m", "granian", *options, "fund.config.wsgi:application"]
    os.execve(sys.executable, command, environment)
