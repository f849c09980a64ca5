"""How far a long command is, on the error stream."""

import time
from contextlib import suppress

from django.core.management.base import OutputWrapper

_SECONDS_ON_TERMINAL = 0.1
_SECONDS_IN_LOG = 5.0
_WIDTH = 78


class ProgressLine:
    """One line that moves on a terminal, a line every few seconds in a log; nothing of what is over in a moment."""

    def __init__(self, stream: OutputWrapper, what: str) -> None:
        self._stream = stream
        self._what = what
        self._moving = bool(stream.isatty())
        self._pause = _SECONDS_ON_TERMINAL if self._moving else _SECONDS_IN_LOG
        self._next = time.monotonic() + self._pause
        self._shown = False

    def count(self, done: int, of: int) -> None:
        """Shows how many are done; the last one, too, of what was shown before."""
        self.show(f"{done:,} of {of:,}", last=done == of)

    def show(self, text: str, *, last: bool = False) -> None:
        """Shows a text, unless the one before is too fresh."""
        now = time.monotonic()
        if now < self._next and not (self._shown and last):
            return
        self._next = now + self._pause
        self._shown = True
        line = f"{self._what}: {text}"
        self._write(f"\r{line[:_WIDTH]:<{_WIDTH}}" if self._moving else f"{line}\n")

    def end(self) -> None:
        """Leaves the line."""
        if self._shown and self._moving:
            self._write("\n")
            self._shown = False

    def _write(self, text: str) -> None:
        # Plain: the error stream's own style is for errors.
        # What it is the progress of goes on, also where nobody reads any more.
        with suppress(OSError):
            self._stream.write(text, style_func=str, ending="")
            self._stream.flush()
