"""How the commands on advances name partners, advances, and the parts of them with their amounts."""

from collections.abc import Iterator, Sequence

from django.core.management import CommandError

from fund.models import Advance, AdvanceLine, AdvanceReport, Payee
from ledger.money import Amount, parse_amount


def find_partner(code: str) -> Payee:
    """The payee with a code. Raises CommandError."""
    found = Payee.objects.filter(code=code.strip().upper()).first()
    if found is None:
        known = ", ".join(Payee.objects.values_list("code", flat=True)) or "none yet"
        raise CommandError(f"{code} is not a payee's code. There are: {known}.")
    return found


def find_advance(number: str) -> Advance:
    """The advance with a number. Raises CommandError."""
    found = Advance.objects.select_related("bank_account").filter(number=number.strip().upper()).first()
    if found is None:
        raise CommandError(f"{number} is not the number of an advance, such as ADV-2026-0001.")
    return found


def find_report(number: str) -> AdvanceReport:
    """The report with a number. Raises CommandError."""
    found = AdvanceReport.objects.filter(number=number.strip().upper()).first()
    if found is None:
        raise CommandError(f"{number} is not the number of a report, such as ADV-2026-0001/R1.")
    return found


def find_line(advance: Advance, position: str) -> AdvanceLine:
    """The line of an advance in a position, counted from 1. Raises CommandError."""
    lines = {str(line.position): line for line in advance.lines.all()}
    if position not in lines:
        raise CommandError(f"{advance} has no line {position or 'without a number'}. It has: {', '.join(lines)}.")
    return lines[position]


def read_parts(texts: Sequence[str], currency: str, like: str) -> Iterator[tuple[str, str, Amount]]:
    """The two names and the amount of texts such as POOL/CYB-01=1500.00; the second name may be missing.

    Raises CommandError, which shows the text `like`, and Refused.
    """
    for text in texts:
        names, equals, amount = text.partition("=")
        first, _, second = names.partition("/")
        if not equals:
            raise CommandError(f"“{text}” has no amount. Write it like {like}.")
        yield first.strip(), second.strip(), parse_amount(amount, currency)
