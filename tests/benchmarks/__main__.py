"""Measures everything and prints the tables of README.md: `python -m tests.benchmarks`."""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.scratch import ENGINES, fresh_database, say
from tests.benchmarks.tables import print_tables

SIZES = (1_000, 10_000, 100_000, 1_000_000)
_POSTED, _EXPORTED = 20_000, 100_000
# How many new books are posted into.
_BOOKS = 5


def main() -> None:
    options = _parse()
    if options.measure:
        print(json.dumps(_measure(options)))  # noqa: T201
        return
    found: dict[str, dict[str, Any]] = {}
    for engine in options.engines:
        posted = min(_POSTED, options.most)
        runs = [_run(options, engine, "posting", posted) for _ in range(_BOOKS)]
        found[engine] = {"posting": {name: median(run[name] for run in runs) for name in runs[0]}, "reading": {}}
        for size in (size for size in SIZES if size <= options.most):
            found[engine]["reading"][size] = _run(options, engine, "reading", size)
        exported = min(_EXPORTED, options.most)
        found[engine]["exporting"] = _run(options, engine, "exporting", exported)
        found[engine]["memory"] = _run(options, engine, "memory", exported // 10)
    print_tables(found)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="the largest book to measure, in entries")
    parser.add_argument("--folder", type=Path, help="where the databases are made: on a real disk")
    parser.add_argument("--measure", choices=tuple(_MEASURES), help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(options: argparse.Namespace, engine: str, what: str, size: int) -> Any:
    """Measures in a process of its own, with a database of its own."""
    say(f"{engine}: {what}" + (f", {size:,} entries" if size else ""))
    command = [sys.executable, "-m", "tests.benchmarks", "--engines", engine, "--measure", what, "--size", str(size)]
    if options.folder:
        command += ["--folder", str(options.folder)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(answer.stdout.splitlines()[-1])


def _measure(options: argparse.Namespace) -> Any:
    (engine,) = options.engines
    with fresh_database(engine, options.folder) as folder:
        from django.conf import settings

        settings.ALLOWED_HOSTS = ["testserver"]
        return _MEASURES[options.measure](options.size, folder)


def _measure_posting(size: int, folder: Path) -> Any:
    from tests.benchmarks import posting, traffic

    traffic.open_books()
    batches = posting.compare_batches(size)
    return {**batches, **posting.compare_single()}


def _measure_reading(size: int, folder: Path) -> Any:
    from tests.benchmarks import reading, traffic
    from tests.benchmarks.scratch import analyse

    traffic.open_books()
    by, donor = reading.add_documents()
    traffic.fill(size)
    analyse()
    return {"queries": reading.measure_queries(donor), "pages": reading.measure_pages(by)}


def _measure_exporting(size: int, folder: Path) -> Any:
    from tests.benchmarks import exporting

    return {"size": size, **exporting.compare(size, folder), **exporting.compare_with_fava(folder)}


def _measure_memory(size: int, folder: Path) -> Any:
    from tests.benchmarks import exporting

    return {"size": size, **exporting.measure_memory(size, folder)}


_MEASURES = {
    "posting": _measure_posting,
    "reading": _measure_reading,
    "exporting": _measure_exporting,
    "memory": _measure_memory,
}

if __name__ == "__main__":
    main()
