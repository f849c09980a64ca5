"""What tests of every part say in one word."""

import io
from typing import Any

from django.core.management import call_command

from fund.checks import run_checks
from ledger.money import Amount, parse_amount


def usd(text: str) -> Amount:
    return parse_amount(text, "USD")


def cad(text: str) -> Amount:
    return parse_amount(text, "CAD")


def run(command: str, *arguments: Any, **options: Any) -> str:
    """What a command says."""
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def check() -> list[str]:
    """What the checks of the fund's documents find."""
    return run_checks(lambda _: None)
