"""Near duplicates: French as people write it, found by what a question means."""

import pytest

from consultations.models import Question
from live.protocol.frames import Stream
from moderation import similarity
from moderation.models import IndexedQuestion, IndexedWord
from moderation.normalise import words
from tests.live.acting import a_sitting, act, states

pytestmark = pytest.mark.django_db

ZOGBO = "Quand la route de Zogbo sera-t-elle réparée ?"


@pytest.mark.parametrize(
    "text",
    [
        "RÉPAREZ LA ROUTE DE ZOGBO SVP !!!",
        "kan est ce ke vs allez reparer la route de zogbo",
        "Monsieur le maire, à quand la réparation de la voie de Zogbo ?",
        "Bonjour. La rue de Zogbo, on va la réhabiliter quand ?",
    ],
)
def test_case_accents_forms_spelling_and_synonyms_do_not_matter(text):
    assert set(words(text)) == set(words(ZOGBO))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("l'éclairage public", "les lampadaires publics"),
        ("les ordures", "des déchets"),
        ("le pharmacien", "la farmacien"),
        ("l'assainissement", "les caniveaux"),
        ("qartier", "cartier"),
        ("Fidjrossè", "fidjrosse"),
    ],
)
def test_words_that_stand_for_the_same_come_out_the_same(one, other):
    assert words(one)[0] == words(other)[0]


def test_nothing_but_courtesies_leaves_nothing():
    assert words("Bonjour monsieur le maire, comment allez-vous ?") == []


def groups(sitting) -> list[list[int]]:
    return [
        state["questions"]
        for key, state in states(sitting, Stream.STAFF).items()
        if key.startswith("group/")
    ]


def test_questions_that_ask_the_same_are_grouped_as_they_arrive(sitting, ask):
    first = ask(ZOGBO)
    assert groups(sitting) == []
    second = ask("kan est ce ke vs allez reparer la route de zogbo")
    ask("Quand la route de Fidjrossè sera-t-elle réparée ?")
    ask("Les ordures de Zogbo ne sont plus ramassées.")
    third = ask("A quand la réfection de la voirie à Zogbo ?")
    assert groups(sitting) == [[first, second, third]]
    assert not any(key.startswith("group/") for key in states(sitting))


def test_the_same_words_in_another_sitting_are_not_joined(sitting, ask):
    first = ask(ZOGBO)
    other = a_sitting()
    from tests.live.acting import a_person, context

    act(context(other, a_person()), "question.submit", text=ZOGBO)
    assert groups(sitting) == groups(other) == []
    assert [match.question for match in similarity.similar(other.pk, ZOGBO)] == []
    assert first


def test_an_edit_moves_a_question_to_where_it_belongs(sitting, citizen, ask):
    first, second = ask(ZOGBO), ask("Zogbo, la route réparée quand ?", citizen)
    assert groups(sitting) == [[first, second]]
    act(citizen, "question.edit", question=second, text="Combien coûte un acte de mariage ?")
    assert groups(sitting) == []
    assert IndexedQuestion.objects.get(question=second).words == " ".join(
        words("Combien coûte un acte de mariage ?")
    )
    assert not IndexedWord.objects.filter(question=second, word="sogbo").exists()


def test_what_is_published_is_suggested_the_most_alike_first(sitting, moderator, ask, publish):
    near = publish("La voie de Zogbo est dégradée, à quand les travaux ?")
    same = publish(ZOGBO)
    ask(ZOGBO)  # waits
    refused = publish(ZOGBO)
    act(moderator, "question.reject", question=refused, code="duplicate")
    publish("Le marché de Ganhi est trop petit.")
    found = similarity.similar(sitting.pk, "quand reparez vous la route de zogbo")
    assert [match.question for match in found] == [same, near]
    assert found[0].score == pytest.approx(1)
    assert similarity.similar(sitting.pk, "bonjour") == []
    assert (
        similarity.similar(sitting.pk, "quand reparez vous la route de zogbo", limit=1)
        == (found[:1])
    )


def test_the_index_is_asked_for_few_whatever_there_is(sitting, ask, django_assert_max_num_queries):
    for n in range(30):
        ask(f"Quand la route {n} sera-t-elle réparée ?")
    with django_assert_max_num_queries(6):
        similarity.similar(sitting.pk, ZOGBO)
    assert Question.objects.count() == 30
