"""Kills the process that keeps the books with -9, so many times, and says what is left.

python -m tests.crash --engine sqlite --kills 1000
"""

import argparse
import os
import secrets
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

ENGINES = ("sqlite", "postgresql")


def parse_arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__.partition("\n")[0])
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--check-every", type=int, default=100, help="kills between two runs of check_ledger")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--folder", type=Path, help="where the database is made: a folder on a real disk")
    return parser.parse_args()


def make_database(engine: str, folder: Path) -> str:
    """The address of a new database in `folder` that keeps what it accepted."""
    if engine == "sqlite":
        return f"sqlite:///{folder}/fund.sqlite3"
    import psycopg

    from tests.postgresql import get_address, start_server_with

    address = get_address(start_server_with("", folder=folder / "server"))
    parts = urlsplit(address)
    socket = str(Path(parts.path).parent)
    with psycopg.connect(host=socket, user=parts.username, dbname="postgres", autocommit=True) as server:
        server.execute("CREATE DATABASE fund")
    return address


def set_up(address: str) -> None:
    """The project's own settings, on a database of its own."""
    for name in ("DEBUG", "FUNCTIONAL_CURRENCY", "RATE_MAX_AGE_DAYS", "TWO_APPROVERS_FROM"):
        os.environ.pop(name, None)
    os.environ |= {"DJANGO_SETTINGS_MODULE": "fund.config.settings", "DATABASE_URL": address}
    os.environ["SECRET_KEY"] = secrets.token_urlsafe(64)
    import django

    django.setup()


def run(options: argparse.Namespace, folder: Path) -> int:
    """Makes a fund, kills, prints the figures; 1 where anything was lost or half written."""
    set_up(make_database(options.engine, folder))
    from django.db import connections

    from tests.crash.acts import open_fund
    from tests.crash.harness import Harness, describe

    open_fund()
    connections.close_all()
    print_line(f"{options.engine}, seed {options.seed}")
    began = time.monotonic()
    report = Harness(seed=options.seed, check_every=options.check_every).run(options.kills, print_line)
    print_line(f"In {time.monotonic() - began:,.0f} s: {describe(report)}")
    for problem in (*report.lost, *report.broken):
        print_line(f"  {problem}")
    return 1 if report.lost or report.broken else 0


def print_line(line: str) -> None:
    """Writes a line at once: what waits in a buffer would be a child's too."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    arguments = parse_arguments()
    # It goes when this process ends, after a server in it has ended.
    database = tempfile.TemporaryDirectory(prefix="fund-crash-", dir=arguments.folder)
    sys.exit(run(arguments, Path(database.name)))
