from typing import Any

from django.core.management import CommandError

from fund import checks as fund_checks
from fund.management.base import DataCommand
from fund.management.progress import ProgressLine
from ledger import checks as ledger_checks
from ledger.queries import entries, head


class Command(DataCommand):
    help = (
        "Proves the books: the chain, the numbers, zero in each sub-fund, the totals, the whole book in Beancount, and "
        "every document against its entries. Prints what differs, one line each, and exits 1."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        progress = ProgressLine(self.stderr, "Checking")
        problems = [*ledger_checks.run_checks(progress.show), *fund_checks.run_checks(progress.show)]
        progress.end()
        if problems:
            count = "1 problem" if len(problems) == 1 else f"{len(problems):,} problems"
            raise CommandError("\n".join([f"The books do not hold: {count}.", *(f"  {line}" for line in problems)]))
        newest = head()
        self.stdout.write(f"{entries().count():,} entries and {fund_checks.count_documents():,} documents: all agree.")
        if newest:
            self.stdout.write(f"Head of the chain: {newest.number}, {newest.sha256}")
