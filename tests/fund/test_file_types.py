"""A file is what its content says, whatever it is called; what may not be kept is refused."""

import io
import zipfile
from email.message import EmailMessage

import openpyxl
import pytest

from fund.errors import FileTypeRefused
from fund.file_types import ALLOWED, detect_type, fit_name

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"


def make_archive(*names: str, first: str = "") -> bytes:
    """A zip archive; `first` is what a file called mimetype holds, as in OpenDocument."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        if first:
            archive.writestr("mimetype", first)
        for name in names:
            archive.writestr(name, "x" * 200)
    return file.getvalue()


def make_workbook() -> bytes:
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    return file.getvalue()


def make_message() -> bytes:
    message = EmailMessage()
    for name, value in {"From": "a@example.org", "Date": "Mon, 5 Jan 2026 10:00:00 +0000", "Subject": "Advice"}.items():
        message[name] = value
    message.set_content("Paid.")
    return bytes(message)


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (PDF, "pdf"),
        (PNG, "png"),
        (JPEG, "jpg"),
        (make_workbook(), "xlsx"),
        (make_archive("[Content_Types].xml", "_rels/.rels", "word/document.xml"), "docx"),
        (make_archive("[Content_Types].xml", "_rels/.rels", "ppt/presentation.xml"), "pptx"),
        (make_archive("content.xml", first="application/vnd.oasis.opendocument.text"), "odt"),
        (make_archive("content.xml", first="application/vnd.oasis.opendocument.spreadsheet"), "ods"),
        (make_archive("content.xml", first="application/vnd.oasis.opendocument.presentation"), "odp"),
        (make_message(), "eml"),
        ("Señor,\r\n\tgracias.\n".encode(), "txt"),
        ("\ufeffday,amount\n2026-01-01,5\n".encode(), "txt"),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, extension: str):
    found = detect_type(content)
    assert found.extension == extension
    assert ALLOWED[found.content_type] == found


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><script>alert(1)</script>",
        b'\n <svg xmlns="http://www.w3.org/2000/svg"/>',
        b"\xef\xbb\xbf<?xml version='1.0'?>",
        b"#!/bin/sh\nrm -r .\n",
        b"%!PS-Adobe-3.0\n",
        b"{\\rtf1 hello}",
        b"MZ\x90\x00" + bytes(60),
        b"\x7fELF" + bytes(60),
        b"GIF89a" + bytes(20),
        make_archive("notes.txt"),
        make_archive("META-INF/MANIFEST.MF", "A.class"),
        make_archive("[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/vbaProject.bin"),
        b"caf\xe9",
        b"bell\x07",
        "\x00".encode("utf-16"),
    ],
)
def test_what_may_not_be_kept_is_refused_with_what_may(content: bytes):
    with pytest.raises(FileTypeRefused, match=r"These are: PDF, PNG, JPEG, .* plain text and CSV") as refusal:
        detect_type(content)
    assert refusal.value.field == "file"


@pytest.mark.parametrize(
    ("name", "fitted"),
    [
        ("letter.pdf", "letter.pdf"),
        ("letter.PDF", "letter.pdf"),
        ("letter.exe", "letter.pdf"),
        ("letter", "letter.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\letters\\one.pdf.html", "one.pdf.pdf"),
        ("", "file.pdf"),
        ("a" * 300 + ".pdf", "a" * 120 + ".pdf"),
    ],
)
def test_a_name_takes_an_extension_of_the_type(name: str, fitted: str):
    assert fit_name(name, detect_type(PDF)) == fitted


def test_text_keeps_the_extension_of_a_table():
    assert [fit_name(name, detect_type(b"a,b\n")) for name in ("a.csv", "a.html")] == ["a.csv", "a.txt"]
