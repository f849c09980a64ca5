"""What commands read: days, amounts of sub-funds, documents and projects by their names."""

from argparse import ArgumentTypeError
from collections.abc import Sequence
from datetime import date

from django.core.management import CommandError

from fund.models import Agreement, Decided, Donor, Instalment, Obligation, Payee, Pledge, Project
from fund.queries.attachments import find_document
from ledger.money import Amount, parse_amount
from ledger.queries import functional_currency


def read_day(text: str) -> date:
    """A day such as 2026-03-31, for `type=`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is not a day. Write it like 2026-03-31.") from None


def read_lines(texts: Sequence[str]) -> dict[str, Amount]:
    """Amounts by sub-fund, in the functional currency, of texts such as POOL=1500.00. Raises CommandError, Refused."""
    lines: dict[str, Amount] = {}
    for text in texts:
        fund, equals, amount = text.partition("=")
        if not equals or fund in lines:
            raise CommandError(
                f"“{text}” is no amount of another sub-fund. Write it like POOL=1500.00, each fund once."
            )
        lines[fund] = parse_amount(amount, functional_currency())
    return lines


def find_project(code: str) -> Project:
    """The project with a code. Raises CommandError."""
    found = Project.objects.filter(code=code.strip().upper()).first()
    if found is None:
        raise CommandError(f"{code} is not a project's code.")
    return found


def find_decided(number: str) -> Decided:
    """The document with a number, of a kind that one person prepares and another decides on. Raises CommandError."""
    found = find_document(number.strip())
    if not isinstance(found, Decided):
        raise CommandError(f"{number} is not the number of a document that needs approval, such as ALC-2026-0001.")
    return found


def describe_prepared(document: Decided) -> str:
    """What is said of a document that was prepared, and what comes next."""
    return f"{document} is prepared. Another person approves it: `manage.py approve {document} --by USERNAME`."


def find_obligation(number: str) -> Obligation:
    """The obligation with a number. Raises CommandError."""
    found = Obligation.objects.filter(number=number.strip()).first()
    if found is None:
        raise CommandError(f"{number} is not the number of an obligation, such as OBL-2026-0001.")
    return found


def find_payee(code: str) -> Payee:
    """The payee with a code. Raises CommandError."""
    found = Payee.objects.filter(code=code.strip().upper()).first()
    if found is None:
        raise CommandError(f"{code} is not a payee's code.")
    return found


def find_donor(code: str) -> Donor:
    """The donor with a code. Raises CommandError."""
    found = Donor.objects.filter(code=code.strip().upper()).first()
    if found is None:
        raise CommandError(f"{code} is not a donor's code.")
    return found


def find_pledge(number: str) -> Pledge:
    """The pledge with a number. Raises CommandError."""
    found = Pledge.objects.filter(number=number.strip().upper()).first()
    if found is None:
        raise CommandError(f"{number} is not the number of a pledge, such as PLG-2026-0001.")
    return found


def find_agreement(number: str) -> Agreement:
    """The agreement with a number. Raises CommandError."""
    found = Agreement.objects.filter(number=number.strip()).first()
    if found is None:
        raise CommandError(f"{number} is not the number of an agreement, such as AGR-2026-0001.")
    return found


def find_instalment(reference: str) -> Instalment:
    """The instalment with a reference, its agreement at hand. Raises CommandError."""
    found = Instalment.objects.filter(reference=reference.strip()).select_related("agreement__donor").first()
    if found is None:
        raise CommandError(f"{reference} is not an instalment, such as AGR-2026-0001/2.")
    return found
