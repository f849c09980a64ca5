"""The WSGI application that the server runs."""

import os
import sys
from contextlib import suppress

from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connection

from ledger.errors import DatabaseUnsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fund.config.settings")

application = get_wsgi_application()

# Every connection is checked; this one, so that the server does not even start. A database may come up later.
try:
    with suppress(OperationalError):
        connection.ensure_connection()
except DatabaseUnsafe as refusal:
    sys.exit(refusal.message)
finally:
    connection.close()
