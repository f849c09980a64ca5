"""The accounts that a manual entry can name."""

from fund.models import BankAccount, Category, Project
from fund.policy import BANK_CHARGES, EXCHANGE, PROJECTS, UNREALISED
from fund.policy_corrections import find_barred
from fund.policy_treasury import INTEREST
from ledger.queries import all_accounts

# Accounts of the policy that a manual entry may be the first to use, beside banks and projects' expense.
OPENABLE = (BANK_CHARGES, EXCHANGE, UNREALISED, INTEREST)


def usable_accounts() -> list[str]:
    """The names, in alphabetical order: banks, what the policy opens, projects' expense, and what the books have."""
    open_projects = Project.objects.filter(accounts_closed_on=None).values_list("code", flat=True)
    expense = {f"{PROJECTS}{code}:{category}" for code in open_projects for category in Category.values}
    others = {
        name
        for name in all_accounts().values_list("name", flat=True)
        if not find_barred(name) and not name.startswith(PROJECTS)
    }
    banks = {account.account for account in BankAccount.objects.all()}
    return sorted({*OPENABLE, *expense, *others, *banks})
