"""The WSGI application that the server runs."""

import os
import sys
from contextlib import suppress

from django.core.management import CommandError
from django.core.wsgi import get_wsgi_application
from django.db import Error, connection

from ledger.errors import DatabaseUnsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fund.config.settings")

application = get_wsgi_application()


def check_database() -> None:
    """Raises DatabaseUnsafe or CommandError for one that cannot be served. One that is away may come up later."""
    # Its models need the application.
    from fund.management.base import check_migrated

    with suppress(Error):
        connection.ensure_connection()
        check_migrated()


# Every connection is checked; this one, so that the server does not even start.
try:
    check_database()
except (CommandError, DatabaseUnsafe) as refusal:
    sys.exit(str(refusal))
finally:
    connection.close()
