import re

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from fund.operations.people import add_person


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


def sign_in(client: Client, username: str, password: str) -> int:
    return client.post("/accounts/login/", {"login": username, "password": password}).status_code


def test_who_has_an_account_signs_in(client: Client) -> None:
    _, password = add_person("maria", role="Finance officer")
    assert sign_in(client, "maria", password) == 302
    assert client.get("/").status_code == 200


def test_the_cursor_stands_in_the_user_name(client: Client) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert page.count("autofocus") == 1
    assert re.search(r'<input[^>]*name="login"[^>]*autofocus', page)


def test_wrong_passwords_lock_the_name_even_for_the_right_one(client: Client) -> None:
    _, password = add_person("maria", role="Finance officer")
    for _ in range(5):
        assert sign_in(client, "maria", "wrong") == 200
    assert sign_in(client, "maria", password) == 200
    assert User.objects.get(username="maria").last_login is None


def test_a_lock_outlasts_many_attempts_on_other_names(client: Client) -> None:
    _, password = add_person("maria", role="Finance officer")
    for _ in range(5):
        sign_in(client, "maria", "wrong")
    cache.set_many({f"~{n}": [] for n in range(400)}, timeout=300)
    assert sign_in(client, "maria", password) == 200


def test_too_many_attempts_from_one_place_get_a_page_that_says_when_to_come_back(client: Client) -> None:
    statuses = [sign_in(client, f"nobody-{n}", "wrong") for n in range(40)]
    assert 429 in statuses
    page = client.post("/accounts/login/", {"login": "nobody", "password": "wrong"})
    assert "Wait five minutes" in page.content.decode()


def test_nobody_makes_an_account_for_themselves(client: Client) -> None:
    facts = {"username": "eve", "password1": "correct horse battery", "password2": "correct horse battery"}
    client.post("/accounts/signup/", facts)
    assert not User.objects.exists()


def test_another_hosts_name_is_refused_with_a_page(client: Client) -> None:
    answer = client.get("/", headers={"host": "elsewhere.example"})
    assert (answer.status_code, "<h1" in answer.content.decode()) == (400, True)
