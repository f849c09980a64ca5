"""The installation's secret key, made once and kept out of the code."""

import os
import secrets
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def read_or_make_secret_key(path: Path) -> str:
    """Return the key kept in `path`; the first caller makes it, readable by its owner alone."""
    try:
        if not path.exists():
            _make_secret_key(path)
        key = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{path} cannot be read or made ({error}); set SECRET_KEY instead.") from error
    if not key:
        raise ImproperlyConfigured(f"{path} is empty; delete it, or set SECRET_KEY.")
    return key


def _make_secret_key(path: Path) -> None:
    # Written aside and linked into place, so that two processes that start together agree on one whole key.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
        if not path.exists():
            path.hardlink_to(aside)
    except FileExistsError:
        return
    finally:
        aside.unlink()
