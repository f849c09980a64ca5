"""What is asked of the books, at a day in the past, in books of growing size; and the pages that show them."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from django.contrib.auth.models import User
from django.test import Client

from fund import policy
from fund.models import Agreement, Donor, DonorClass
from fund.operations.agreements import Due, Earmark
from fund.operations.donors import add_donor
from fund.operations.people import add_person
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.treasury import add_bank_account
from fund.queries.accounts import trial_balance
from fund.queries.statements import make_statement
from ledger.money import parse_amount
from tests.benchmarks import traffic
from tests.benchmarks.timing import measure
from tests.deeds import sign_agreement

AS_OF = date(2021, 5, 17)
# The first day of the traffic, one in the middle and the last.
_DAYS = (traffic.FIRST_DAY, AS_OF, traffic.FIRST_DAY + timedelta(days=traffic.DAYS - 1))
_SIGNED_ON = date(2016, 1, 4)
_GIFTS = 10


def add_documents() -> tuple[User, Donor]:
    """The donors of the traffic, one of them with agreements, receipts and gifts of its own, posted before it."""
    by, _ = add_person("officer", role="Finance officer")
    donors = [
        add_donor(code=code, name=f"Donor {code}", donor_class=DonorClass.PRIVATE_SECTOR, by=by)
        for code in traffic.DONORS
    ]
    banks = {
        name: add_bank_account(code=name.rpartition(":")[2], name=name, currency=name[-3:], by=by)
        for name in traffic.BANKS
    }
    donor, bank = donors[7], banks[traffic.BANKS[0]]
    for sent, earmark in (("5000", Earmark()), ("4000", None)):
        agreement = _sign(donor, earmark, by)
        facts = Facts(bank, _SIGNED_ON, parse_amount(sent, "USD"), f"BANK-{agreement}")
        record_receipt(agreement=agreement, facts=facts, by=by)
    for number in range(_GIFTS):
        facts = Facts(bank, _SIGNED_ON, parse_amount(str(100 + number), "USD"), f"GIFT-{number}")
        record_gift(donor=donor, facts=facts, by=by)
    return by, donor


def _sign(donor: Donor, earmark: Earmark | None, by: User) -> Agreement:
    dues = [Due(_SIGNED_ON, parse_amount("5000", "USD")), Due(date(2018, 1, 4), parse_amount("5000", "USD"))]
    amount = parse_amount("10000", "USD")
    return sign_agreement(donor=donor, signed_on=_SIGNED_ON, amount=amount, instalments=dues, earmark=earmark, by=by)


def measure_queries(donor: Donor) -> dict[str, float]:
    """Milliseconds of each question, at the one of three past days at which it takes longest."""
    asked: dict[str, Callable[[date], object]] = {
        "trial balance": lambda day: trial_balance(until=day),
        "balance of an earmarked sub-fund": lambda day: trial_balance(until=day, fund="AGR-2016-0001"),
        "balance of the pool": lambda day: trial_balance(until=day, fund=policy.POOL),
        "donor statement": lambda day: make_statement(donor, as_of=day),
    }
    return {name: max(measure(partial(ask, day)) for day in _DAYS) for name, ask in asked.items()}


_PAGES = (
    "/", "/journal/", "/journal/JE-2018-000001/", "/trial-balance/", f"/trial-balance/?until={AS_OF}",
    f"/trial-balance/{traffic.BANKS[0]}/", "/sub-funds/", "/sub-funds/AGR-2016-0001/", "/donors/", "/donors/D07/",
    "/donors/D07/statement/", "/agreements/", "/receipts/", "/bank-accounts/", "/years/", "/closing/", "/audit-trail/",
    "/reports/",
)  # fmt: skip


def measure_pages(by: User) -> dict[str, float]:
    """Milliseconds of each page, as an officer is answered."""
    client = Client()
    client.force_login(by)
    return {page: measure(_get(client, page), times=7) for page in _PAGES}


def _get(client: Client, page: str) -> Callable[[], object]:
    def get() -> None:
        answer = client.get(page)
        assert answer.status_code == 200, f"{page} answers {answer.status_code}"
        for _ in getattr(answer, "streaming_content", ()):
            pass

    return get
