"""A form as it is sent: its key, and the content that the key stands for."""

import hashlib
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from fund.errors import KeyMissing
from fund.operations.answers import Attempt, hash_content

# The name of the hidden field, in `fund/_post.html`.
FIELD = "retry_key"
_NO_CONTENT = frozenset({FIELD, "csrfmiddlewaretoken"})


def read_attempt(request: HttpRequest, user: User) -> Attempt:
    """What a form sent, by its key. The address with its query is part of the content. Raises KeyMissing."""
    try:
        key = UUID(request.POST.get(FIELD, ""))
    except ValueError:
        message = _("The form did not arrive whole: nothing was recorded. Look it through and send it again.")
        raise KeyMissing(message) from None
    page = request.get_full_path()
    content: dict[str, object] = {name: request.POST.getlist(name) for name in request.POST if name not in _NO_CONTENT}
    content |= {f"file {name}": [hash_file(file) for file in request.FILES.getlist(name)] for name in request.FILES}
    return Attempt(str(key), page, hash_content(page, content), user)


def hash_file(file: "UploadedFile[Any]") -> str:
    """The SHA-256 of an uploaded file, which can be read from its beginning afterwards."""
    sha256 = hashlib.sha256()
    for chunk in file.chunks():
        sha256.update(chunk)
    file.seek(0)
    return sha256.hexdigest()
