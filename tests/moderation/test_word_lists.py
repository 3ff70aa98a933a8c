"""The page of a commune's words for the filter."""

import pytest
from django.urls import reverse

from consultations.models import Question
from moderation.actions.word_lists import LONGEST, MOST_LINES, set_words
from moderation.models import WordList
from tests.live.acting import a_commune, a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def address() -> str:
    commune = a_commune()
    commune.languages = ["fr", "fon"]
    commune.save()
    return reverse("word_lists", args=[commune.slug])


def test_a_moderator_adds_words_and_takes_some_out(client, address, ask):
    client.force_login(a_person("Sika", "moderator"))
    assert "imbécile" in client.get(address).content.decode()
    wanted = {"fr": "zouglou\r\n-nul\r\n\r\nzouglou", "en": "", "fon": "xɔntɔn", "yo": ""}
    assert client.post(address, wanted).status_code == 302
    assert WordList.objects.get(language="fr").words == "zouglou\n-nul"
    assert "zouglou\n-nul</textarea>" in client.get(address).content.decode()
    flags = Question.objects.get(pk=ask("Ce ZOUGLOU est nul, xɔntɔn.")).flags
    assert {flag["excerpt"] for flag in flags if flag["code"] == "word"} == {"zouglou", "xɔntɔn"}


@pytest.mark.parametrize("role", ["clerk", "host"])
def test_others_do_not(client, address, role):
    assert client.get(address).status_code == 302
    client.force_login(a_person("Autre", role))
    assert client.post(address, {"fr": "x"}).status_code == 403
    assert not WordList.objects.exists()


def test_what_is_too_much_is_cut_and_tricks_are_removed():
    commune = a_commune()
    lines = [f"mot {n}" for n in range(MOST_LINES + 5)]
    assert set_words(commune, "fr", "\n".join(lines)) == MOST_LINES
    assert set_words(commune, "fr", f"{'x' * 200}\n\u202e\u200b\n") == 1
    assert WordList.objects.get().words == "x" * LONGEST
    with pytest.raises(ValueError, match="de"):
        set_words(commune, "de", "wort")
