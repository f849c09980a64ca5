"""What is shown where no page could be made."""

import sys

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views import csrf, defaults

from fund.errors import NotPermitted
from fund.operations.refusals import record_refusal
from ledger.errors import BooksBusy, DatabaseUnsafe
from ledger.waits import is_away, is_busy

_SECONDS_TO_WAIT = "5"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form that is too old or was never ours; who is signed in has it on record."""
    if isinstance(request.user, User):
        message = "The form did not come from a page of ours, or is too old. Open the page again and send it once more."
        record_refusal(NotPermitted(message), place=request.path, by=request.user)
    return csrf.csrf_failure(request, reason)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of a failure: one that says to try again where the database is busy, or cannot be used for now.

    Django calls it while it handles the exception, whichever layer that comes from: a page, the session, the sign-in.
    """
    error = sys.exc_info()[1]
    busy = isinstance(error, BooksBusy) or is_busy(error)
    if not busy and not is_away(error) and not isinstance(error, DatabaseUnsafe):
        return defaults.server_error(request)
    page = loader.get_template("503.html").render({"busy": busy})
    return HttpResponse(page, status=503, headers={"Retry-After": _SECONDS_TO_WAIT})
