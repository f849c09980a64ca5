"""The closed periods, and the certificates that were kept outside, against the books as they are now."""

from collections.abc import Iterator
from datetime import date

from ledger import queries
from ledger.certificates import Certificate, parse_certificate
from ledger.chain import GENESIS
from ledger.checks.problems import EntryProblem, Report, finish, functional
from ledger.errors import PeriodUnknown
from ledger.models import Closing, Entry
from ledger.periods import following, parse_period
from ledger.snapshot import reading


def check_closings(report: Report) -> Iterator[str]:
    """What was seen when a period was closed is still so, and the periods were closed in order."""
    years, last = queries.open_years(), None
    for closing in Closing.objects.order_by("id"):
        due = following(last, years)
        if closing.period != str(due):
            yield f"{closing.period} was closed where {due or 'no period'} was due."
        try:
            last = parse_period(closing.period)
        except PeriodUnknown as problem:
            yield problem.message
            return
        if (closing.begins_on, closing.ends_on) != (last.begins_on, last.ends_on):
            yield f"{closing.period} was closed from {closing.begins_on} to {closing.ends_on}."
        yield from find_changes(queries.make_certificate(closing))


def find_changes(certificate: Certificate) -> Iterator[str]:
    """What of a closed period is no longer as its certificate states, in the books as they are now."""
    name = f"The certificate of {certificate.period}"
    place = int(certificate.chain_entries)
    newest = queries.head()
    length = newest.pk if newest else 0
    if length < place:
        yield EntryProblem(length + 1, f"{name} saw {place} entries, up to {certificate.head}: {length} are left.")
        return
    seen = Entry.objects.filter(pk=place).values_list("number", "sha256").first() or ("", GENESIS)
    if seen != (certificate.head, certificate.head_sha256):
        message = f"{name} saw another hash of entry {place}, {certificate.head}: it or one before was changed since."
        yield EntryProblem(place, message, or_before=True)
    for what, stated, found in _compare_sums(certificate):
        yield f"{name} states {what} {stated}: there are {found} now."


def _compare_sums(certificate: Certificate) -> Iterator[tuple[str, str, str]]:
    """Counted from the postings, and not from the balances that the certificate was made of."""
    since, until = date.fromisoformat(certificate.begins_on), date.fromisoformat(certificate.ends_on)
    entries = queries.count_entries(since, until)
    debit, credit = (f"{functional(side).decimal:f}" for side in queries.sum_postings(since, until))
    currency = certificate.currency
    yield from (
        (what, stated, found)
        for what, stated, found in (
            ("entries:", certificate.entries, str(entries)),
            (f"a debit total of {currency}", certificate.debit, debit),
            (f"a credit total of {currency}", certificate.credit, credit),
        )
        if stated != found
    )


def check_certificate(text: str) -> list[str]:
    """What a certificate that was kept outside finds in the books. Raises CertificateInvalid."""
    certificate = parse_certificate(text)
    with reading():
        return list(finish(_compare(certificate), f"The certificate of {certificate.period}."))


def _compare(certificate: Certificate) -> Iterator[str]:
    yield from find_changes(certificate)
    closing = Closing.objects.filter(period=certificate.period).first()
    if closing is None:
        yield f"{certificate.period} is not closed in these books, though a certificate says so."
    elif queries.make_certificate(closing) != certificate:
        yield f"The books hold another certificate of {certificate.period} than this one."
