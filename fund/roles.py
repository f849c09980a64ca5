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

_READ = tuple(f"view_{thing}" for thing in (*_THINGS, "auditrecord"))
_RECORD = (*(f"add_{thing}" for thing in _THINGS), *(f"change_{thing}" for thing in (*_DOCUMENTS, *_RUNS)))

# Codenames of the fund's permissions by role.
PERMISSIONS: dict[str, tuple[str, ...]] = {
    FINANCE_OFFICER: (*_READ, *_RECORD, "close_period"),
    APPROVER: (*_READ, "add_approval"),
    AUDITOR: _READ,
}


def say_who_may(permission: str) -> str:
    """The refusal of who has not a permission of the fund, by its codename: it names the roles that have it."""
    roles = [role for role, allowed in PERMISSIONS.items() if permission in allowed]
    who = " or ".join(f"{'an' if role.startswith('A') else 'a'} {role.lower()}" for role in roles) or "nobody"
    return f"Your role does not allow this ({permission.replace('_', ' ')}). {who[0].upper()}{who[1:]} can do it."
