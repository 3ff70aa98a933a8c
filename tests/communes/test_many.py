"""Many values as one parameter, on both databases."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.many import rows_of, these
from communes.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.databases]


@pytest.fixture
def people() -> list[int]:
    made = [Person.objects.create(email=f"many{number}@example.org") for number in range(3)]
    return [person.pk for person in made]


def found(wanted: list[int]) -> set[int]:
    return set(Person.objects.filter(pk__in=these(wanted)).values_list("pk", flat=True))


def test_those_asked_for_are_found_and_no_others(people: list[int]) -> None:
    assert found(people[:2]) == set(people[:2])
    assert found([people[0], people[0], 10**9]) == {people[0]}
    assert found([]) == set()


def test_a_thousand_are_asked_for_in_the_words_of_two(people: list[int]) -> None:
    texts = []
    for wanted in (people[:2], list(range(1_000))):
        with CaptureQueriesContext(connection) as asked:
            list(Person.objects.filter(pk__in=these(wanted)))
        texts.append(asked.captured_queries[0]["sql"].count("("))
    assert texts[0] == texts[1]


def test_columns_become_rows() -> None:
    text, values = rows_of([1, 2], ["l'un", 'l"autre, (3) \\ é'], [10**12, -4])
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        assert cursor.fetchall() == [(1, "l'un", 10**12), (2, 'l"autre, (3) \\ é', -4)]
