"""What was measured, as tables in Markdown."""

from collections.abc import Iterable, Mapping
from typing import Any

_Found = Mapping[str, Mapping[str, Any]]


def print_tables(found: _Found) -> None:
    """Prints the tables of all engines."""
    for engine, measured in found.items():
        _print(f"## {engine}", ("what", "measured", "beside it", "ratio"), _compare(measured))
        reading = measured["reading"]
        heads = (*map(_count, reading), "growth")
        _print("Milliseconds by entries", ("question", *heads), _grow(reading, "queries"))
        _print("Milliseconds by entries", ("page", *heads), _grow(reading, "pages"))


def _print(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    lines = [title, "", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    print("\n".join(lines) + "\n")  # noqa: T201


def _count(size: int) -> str:
    return f"{size:,}"


def _compare(measured: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    posting, exporting = measured["posting"], measured["exporting"]
    floor = posting["beancount"] + posting["bare"]
    parts = f"{floor:.2f} ms ({posting['beancount']:.2f} Beancount, {posting['bare']:.2f} insert and commit)"
    yield "post one entry", f"{posting['ours']:.2f} ms", parts, f"{posting['ours'] / floor:.2f}"
    floor = posting["beancount in a loop"] + posting["bare"]
    parts = f"{floor:.2f} ms ({posting['beancount in a loop']:.2f} Beancount in a loop)"
    yield "", "", parts, f"{posting['ours'] / floor:.2f}"
    alone = posting["Beancount alone"]
    for name, what in (("per second", "post in batches"), ("dated back", "post in batches, dated back")):
        found = posting[name]
        yield what, f"{found:,.0f} entries/s", f"Beancount alone {alone:,.0f} entries/s", f"{alone / found:.2f}"
    size = f"{exporting['size']:,} entries"
    yield f"export_book, {size}", f"{exporting['export_book']:.1f} s", "", ""
    few, most = (f"{of['export_book MiB']:.0f} MiB" for of in (measured["memory"], exporting))
    yield f"its own memory, {size}", most, f"{measured['memory']['size']:,} entries {few}", ""
    ours, stock = exporting["check_ledger"], exporting["bean-check"]
    ratio = f"{exporting['ratio']:.2f}, at most {exporting['highest ratio']:.2f}"
    yield f"check_ledger, {size}", f"{ours:.1f} s", f"bean-check {stock:.1f} s", ratio
    seen, fava = exporting["our statement"], exporting["Fava"]
    yield f"an entry is seen, {size}", f"{seen * 1e3:.0f} ms", f"Fava {fava:.1f} s", f"{fava / seen:.0f} × sooner"
    yield f"a statement of {exporting['receipts']:,} receipts", f"{exporting['long statement']:.0f} ms", "", ""


def _grow(reading: Mapping[int, Any], part: str) -> Iterable[tuple[str, ...]]:
    """Each thing's times, and how much the last one is of the one at 10,000 entries, or of the first."""
    begin = reading.get(10_000, next(iter(reading.values())))
    for name in begin[part]:
        times = [measured[part][name] for measured in reading.values()]
        yield name, *(f"{time:.1f}" for time in times), f"{times[-1] / begin[part][name]:.1f} ×"
