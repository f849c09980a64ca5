from django.conf import settings
from django.db import models


class Answer(models.Model):
    """The first answer to a form or a command, by its key: a retry gets it again, and nothing is done twice.

    Written in the transaction of the act itself. `user` sent the form; it is empty for a command, whose `--by` is
    part of its content. `page` is the address or the command, `sha256` that of the whole content. `url` is where the
    form led, `text` what was said.
    """

    key = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    page = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    url = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.page} {self.key}"
