"""Every `.csv` in tests/data/imports is refused with exactly the messages in the `.txt` beside it."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from fund.models import Donor, Receipt
from ledger.queries import entries, open_years

FILES = sorted((Path(__file__).parent.parent / "data" / "imports").glob("*.csv"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_refused_file_says_why_and_leaves_nothing(path: Path, receipt: Receipt):
    command = "import_agreements" if path.name.startswith("agreements") else "import_receipts"
    before = (entries().count(), Donor.objects.count(), open_years())
    with pytest.raises(CommandError) as refused:
        call_command(command, path, by="officer")
    assert f"{refused.value}\n" == path.with_suffix(".txt").read_text(encoding="utf-8")
    assert (entries().count(), Donor.objects.count(), open_years()) == before
