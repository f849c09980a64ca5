import pytest

from ledger import accounts
from ledger.errors import AccountInvalid


@pytest.mark.parametrize("name", ["Assets:Bank:CITI-USD", "Income:9", "Equity:Memorandum:Pledged:CAN"])
def test_account_is_a_type_and_names(name: str):
    assert accounts.check_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "Assets", "Assets:", "Assets:bank", "Cash:Bank", "Assets:Bánk", "Assets:A B", "Assets:A\n", "assets:A"]
)
def test_other_names_are_refused_with_an_example(name: str):
    with pytest.raises(AccountInvalid, match="such as Assets:Bank:CITI-USD"):
        accounts.check_name(name)


def test_name_longer_than_its_column_is_refused():
    with pytest.raises(AccountInvalid, match="at most 120"):
        accounts.check_name("Assets:" + "A" * 114)


def test_accounts_sort_as_a_trial_balance_lists_them():
    names = ["Expenses:A", "Income:A", "Equity:A", "Liabilities:A", "Assets:B", "Assets:A"]
    assert sorted(names, key=accounts.sort_key) == [*reversed(names)]


@pytest.mark.parametrize(("text", "answer"), [("CAN", True), ("9-A", True), ("can", False), ("", False), ("-A", False)])
def test_code_can_end_an_account_name(text: str, answer: bool):
    assert accounts.is_code(text) is answer
