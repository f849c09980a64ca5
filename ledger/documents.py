"""Files attached to what entries are linked to, as a book carries them: each content once, a directive for each."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ledger import syntax
from ledger.folder import DOCUMENTS, BookFolder
from ledger.models import Posting


@dataclass(frozen=True, slots=True)
class Attached:
    """A file attached to the document with a number.

    `sha256` (hexadecimal) is that of its content, which `read` gives; `facts` are said of it, by their keys. What
    causes no entries, as a project, has an `account` of its own.
    """

    document: str
    sha256: str
    extension: str
    facts: Mapping[str, str]
    read: Callable[[], bytes]
    account: str = ""


def write_documents(folder: BookFolder, attached: Iterable[Attached], until: date | None) -> Iterator[str]:
    """Writes the files one at a time and gives the lines of their directives.

    Each is dated as the first entry that its document caused, on that entry's first account; what has an account of its
    own, as that one's first entry. What has no entry up to `until` is left out.
    """
    for file in attached:
        place = _find_place(file, until)
        if place is None:
            continue
        name = f"{DOCUMENTS}/{file.sha256}.{file.extension}"
        if name not in folder:
            folder.write(name, [file.read()])
        on, account = place
        yield syntax.render_document(account, name, file.document, file.facts, on)


def _find_place(file: Attached, until: date | None) -> tuple[date, str] | None:
    found = Posting.objects.filter(account__name=file.account)
    if not file.account:
        found = Posting.objects.filter(entry__links__document=file.document, entry__links__position=0)
    if until:
        found = found.filter(dated_on__lte=until)
    return found.order_by("entry", "line").values_list("dated_on", "account__name").first()
