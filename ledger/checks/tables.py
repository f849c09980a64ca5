"""The tables of the journal against one another."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from ledger import accounts, balances, queries
from ledger.checks.problems import EntryProblem, Report, functional
from ledger.errors import Refused
from ledger.models import Account, Entry, Link, Posting
from ledger.money import digits


def check_zero(report: Report) -> Iterator[str]:
    """The postings of every entry add up to zero in each sub-fund, and none is without its entry."""
    sums = Posting.objects.order_by().values_list("entry_id", "entry__number", "fund").annotate(total=Sum("functional"))
    for place, number, fund, total in sums.exclude(total=0).iterator():
        message = f"{number}: the postings of sub-fund {fund} add up to {functional(total)}, not to zero."
        yield EntryProblem(place, message)
    few = Entry.objects.annotate(count=Count("postings")).filter(count__lt=2).values_list("pk", "number", "count")
    for place, number, count in few.iterator():
        yield EntryProblem(place, f"{number} has {count} postings, where an entry has at least two.")
    lost_reversals = Entry.objects.exclude(reverses=None).filter(
        ~Exists(Entry.objects.filter(pk=OuterRef("reverses_id")))
    )
    for place, number in lost_reversals.order_by("id").values_list("pk", "number"):
        yield EntryProblem(place, f"{number} reverses an entry that is not there.")
    for what, model in (("postings", Posting), ("links", Link)):
        lost = model._default_manager.filter(~Exists(Entry.objects.filter(pk=OuterRef("entry_id"))))
        for place in lost.order_by("entry_id").values_list("entry_id", flat=True).distinct():
            yield EntryProblem(place, f"There are {what} of an entry in place {place}, and no such entry.")


def check_accounts(report: Report) -> Iterator[str]:
    """Every account has a sound name, and takes no currency but its own."""
    for name, currency in Account.objects.values_list("name", "currency"):
        try:
            accounts.check_name(name)
            digits(currency or queries.functional_currency())
        except Refused as problem:
            yield problem.message
    names = Q()
    for kind in accounts.FUNCTIONAL_TYPES:
        names |= Q(account__name__startswith=f"{kind}:")
    wrong = Q(names, ~Q(currency=queries.functional_currency()))
    wrong |= ~Q(account__currency="") & ~Q(currency=F("account__currency"))
    rows = Posting.objects.filter(wrong).values_list("entry_id", "entry__number", "account__name", "currency")
    for place, number, account, currency in rows.iterator():
        yield EntryProblem(place, f"{number} has {currency} in {account}, which does not take it.")


def check_balances(report: Report) -> Iterator[str]:
    """The running balances and the open items are the sums of their postings."""
    wrong = balances.find_wrong_days()
    # An entry that was written past the software may be sound in itself: which one it is, the balances know.
    place = balances.find_uncounted() if wrong else None
    if place is not None:
        number = Entry.objects.get(pk=place).number
        yield EntryProblem(place, f"{number}: the running balances are the sums of the entries before it.")
    for account, fund, kind, party, currency, day in wrong:
        what = " ".join(filter(None, (account, fund, kind, party, currency)))
        yield f"{what}: the balance of {day} is not the sum of its postings."
    for instalment, account, currency in balances.find_wrong_items():
        yield f"{instalment} {account} {currency}: the open item is not the sum of its postings."
