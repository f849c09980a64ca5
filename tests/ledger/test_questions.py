import pytest
from django.db import DatabaseError

from ledger import queries
from ledger.questions import Question, answer_together, ask
from tests.settings import ENGINE
from tests.trips import counting_trips


def numbers(*values: int) -> Question[list[int]]:
    text = " UNION ALL ".join(["SELECT %s + 0"] * len(values))
    return Question(text, values, lambda rows: [int(value) for (value,) in rows])


def test_answers_come_in_the_order_of_the_questions(db: None):
    assert answer_together(numbers(3, 4), numbers(1), numbers(2)) == ([3, 4], [1], [2])


def test_no_question_has_no_answer(db: None):
    assert answer_together() == ()


def test_an_answer_can_be_read_further(db: None):
    assert numbers(3, 4).then(sum).answer() == 7


def test_together_and_alone_are_answered_alike(entries: None):
    asked = [queries.totals_question(queries.Scope(), by=by) for by in (("account", "currency"), ("fund", "month"), ())]
    assert list(answer_together(*asked)) == [question.answer() for question in asked]
    assert [len(found) for found in answer_together(*asked)] == [4, 3, 1]


def test_what_is_refused_is_told_in_djangos_words_and_the_connection_goes_on(transactional_db: None):
    with pytest.raises(DatabaseError, match="no_such_table"):
        answer_together(numbers(1), Question("SELECT 1 FROM no_such_table", (), list), numbers(2))
    assert ask("SELECT 7") == [(7,)]
    assert answer_together(numbers(1), numbers(2)) == ([1], [2])


def test_questions_go_to_postgresql_in_one_trip(db: None):
    with counting_trips() as asked:
        answer_together(numbers(1), numbers(2))
    assert asked == [ENGINE == "postgresql"] * 2
