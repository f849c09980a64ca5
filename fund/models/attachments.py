"""Files that stand behind documents: signed agreements, bank advices, invoices. In the database, so that one backup
and one transaction hold everything; triggers refuse every change (fund/triggers.py)."""

import re

from django.conf import settings
from django.db import models
from django.urls import reverse

from fund.models.base import Document
from fund.models.projects import Project

# What files are attached to; `document` of an attachment is the number of the one and the code of the other.
Attachable = Document | Project
LONGEST_NUMBER = 20
LIKE_A_NUMBER = re.compile(r"[A-Z]{3}-[0-9]{4}-[0-9]+")


class FileContent(models.Model):
    """The bytes of a file under their SHA-256 (hexadecimal), once however often they are attached."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    content_type = models.CharField(max_length=100)
    extension = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.sha256


class Attachment(models.Model):
    """A file attached to the document with a number or to the project with a code. It stays for good; one made in error
    is withdrawn.

    `position` counts the document's files from 1.
    """

    document = models.CharField(max_length=LONGEST_NUMBER)
    position = models.PositiveSmallIntegerField()
    content = models.ForeignKey(FileContent, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=150)
    description = models.CharField(max_length=200)
    attached_at = models.DateTimeField(auto_now_add=True)
    attached_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)
        default_permissions = ("add", "change", "view")
        constraints = (
            models.UniqueConstraint(fields=("document", "position"), name="attachment_position_once_per_document"),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where the file is sent."""
        return reverse("fund:attachment", args=[self.document, self.position])


class AttachmentWithdrawal(models.Model):
    """Why an attachment was made in error, and who says so."""

    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(auto_now_add=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.attachment}: {self.reason}"


def describe_attachment(description: str, sha256: str, name: str = "") -> str:
    """What the audit record of an attachment says; one of before does not name its file."""
    return f"{description} ({name and f'{name}, '}SHA-256 {sha256})"
