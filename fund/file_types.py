"""What an attached file is, by its content and never by its name. Pure: no Django, no clock."""

import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import PurePath

import filetype

from fund.errors import FileTypeRefused


@dataclass(frozen=True, slots=True)
class FileType:
    """A type of file that may be attached: its media type and the extensions that go with it, the usual one first."""

    content_type: str
    extensions: tuple[str, ...]

    @property
    def extension(self) -> str:
        """The usual extension, without a dot."""
        return self.extensions[0]


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
TEXT = FileType("text/plain", ("txt", "csv"))
MESSAGE = FileType("message/rfc822", ("eml",))
ALLOWED = {
    found.content_type: found
    for found in (
        FileType("application/pdf", ("pdf",)),
        FileType("image/png", ("png",)),
        FileType("image/jpeg", ("jpg", "jpeg")),
        FileType(f"{_OOXML}wordprocessingml.document", ("docx",)),
        FileType(f"{_OOXML}spreadsheetml.sheet", ("xlsx",)),
        FileType(f"{_OOXML}presentationml.presentation", ("pptx",)),
        FileType(f"{_ODF}text", ("odt",)),
        FileType(f"{_ODF}spreadsheet", ("ods",)),
        FileType(f"{_ODF}presentation", ("odp",)),
        TEXT,
        MESSAGE,
    )
}
RULE = "PDF, PNG, JPEG, Word, Excel, PowerPoint and OpenDocument files, e-mail messages, plain text and CSV in UTF-8"

LONGEST_STEM = 120

# An Office document with macros has the outline of one without.
_ARCHIVE, _MACROS = b"PK", b"vbaProject.bin"
# Markup and programs are texts too; they begin like these.
_NO_PLAIN_TEXT = ("<", "#!", "%!", "{\\rtf")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_HEADERS = ("From", "Date")


def detect_type(content: bytes) -> FileType:
    """The type of a file with this content. Raises FileTypeRefused where it may not be attached."""
    found = filetype.guess_mime(content)
    allowed = ALLOWED.get(found) if found else _detect_text(content)
    has_macros = content.startswith(_ARCHIVE) and _MACROS in content
    if allowed is None or has_macros:
        raise FileTypeRefused(f"Files of this type are not kept. These are: {RULE}.", field="file")
    return allowed


def _detect_text(content: bytes) -> FileType | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if _CONTROL.search(text) or text.lstrip().startswith(_NO_PLAIN_TEXT):
        return None
    headers = BytesHeaderParser().parsebytes(content[:100_000])
    return MESSAGE if all(name in headers for name in _HEADERS) else TEXT


def fit_name(name: str, found: FileType) -> str:
    """A file's name with an extension of its type, without folders, at most as long as is kept.

    `fit_name("a/letter.exe", pdf)` is letter.pdf.
    """
    path = PurePath(name.replace("\\", "/"))
    stem = path.stem if path.suffix else path.name
    extension = path.suffix.lower().removeprefix(".")
    return f"{stem[:LONGEST_STEM] or 'file'}.{extension if extension in found.extensions else found.extension}"
