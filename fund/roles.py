"""Roles and what each may do. Pure.

A donor has no role: who has a `DonorAccess` sees that donor's statement and nothing else.
"""

FINANCE_OFFICER = "Finance officer"
APPROVER = "Approver"
AUDITOR = "Auditor"

_AGREED = ("pledge", "agreement", "amendment", "cancellation", "milestone")
_RECEIVED = ("receipt", "depositreturn", "application", "letter")
_SPENT = ("project", "payee", "allocation", "obligation", "disbursement", "advance", "advancereport", "advancereturn")
_CORRECTED = ("writeoff", "refund", "manualentry")
_DOCUMENTS = ("donor", *_AGREED, *_RECEIVED, *_SPENT, *_CORRECTED, "attachment")
_BANKS = ("interest", "bankcharge", "transfer", "bankreconciliation")
_RUNS = ("revaluation", "recovery", *_BANKS, "inkind", "secretariatpayment")
_TO_WHOM = ("bankdetails", "screening")
_THINGS = (*_DOCUMENTS, *_RUNS, *_TO_WHOM, "recoveryterms", "bankaccount", "exchangerate", "openedbook")

# Whoever may change a document prepares its reversal.
_READ = tuple(f"view_{thing}" for thing in (*_THINGS, "reversal", "auditrecord"))
_RECORD = (*(f"add_{thing}" for thing in _THINGS), *(f"change_{thing}" for thing in (*_DOCUMENTS, *_RUNS)))

# Codenames of the fund's permissions by role.
PERMISSIONS: dict[str, tuple[str, ...]] = {
    FINANCE_OFFICER: (*_READ, *_RECORD, "close_period"),
    APPROVER: (*_READ, "add_approval"),
    AUDITOR: _READ,
}


_ACTS = {"add": "record", "change": "change", "view": "see"}
# What each is called whose codename is no word.
NAMES = {
    "advancereport": "a partner's report",
    "advancereturn": "a return of an advance",
    "auditrecord": "audit records",
    "bankaccount": "a bank account",
    "bankcharge": "a bank charge",
    "bankdetails": "bank details",
    "bankreconciliation": "a bank reconciliation",
    "depositreturn": "a return of a deposit",
    "exchangerate": "an exchange rate",
    "inkind": "a contribution in kind",
    "interest": "interest",
    "manualentry": "a manual entry",
    "openedbook": "an opened book",
    "recovery": "a recovery of indirect cost",
    "recoveryterms": "terms of indirect cost",
    "secretariatpayment": "a payment to the Secretariat",
    "writeoff": "a write-off",
}
_WHOLE = {"add_approval": "approve documents", "close_period": "close periods"}


def describe_permission(permission: str) -> str:
    """What a permission allows, in words, by its codename: record a bank reconciliation."""
    if permission in _WHOLE:
        return _WHOLE[permission]
    act, _, thing = permission.partition("_")
    article = "an" if thing[0] in "aeio" else "a"
    return f"{_ACTS.get(act, act)} {NAMES.get(thing, f'{article} {thing}')}"


def say_who_may(permission: str) -> str:
    """The refusal of who has not a permission of the fund, by its codename: it names the roles that have it."""
    roles = [role.lower() for role, allowed in PERMISSIONS.items() if permission in allowed]
    *others, last = [f"{'an' if role.startswith('a') else 'a'} {role}" for role in roles] or ["nobody"]
    who = f"{', '.join(others)} or {last}" if others else last
    return f"Your role does not allow this ({describe_permission(permission)}). {who[0].upper()}{who[1:]} can do it."
