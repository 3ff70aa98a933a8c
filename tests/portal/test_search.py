"""Search: French word forms, what is public alone, hits in context, and the second of a recording.

Run on SQLite and on PostgreSQL."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from communes.documents import keep
from communes.documents.examine import Examined
from communes.documents.keep import Fields
from communes.models import Commune, Document, DocumentVersion
from consultations.models import Question, QuestionState
from live.models import Recording, SittingState
from portal.models import SearchEntry
from portal.search.context import excerpt
from portal.search.find import Wanted, find
from portal.search.stems import stem, stems
from portal.search.sync import sync
from tests.consultations.concerning import a_concern, act, said_by
from tests.support.factories import make_commune, make_person, make_sitting, move

pytestmark = [pytest.mark.django_db, pytest.mark.databases]


@pytest.fixture
def commune(settings, tmp_path) -> Commune:
    settings.MEDIA_ROOT = tmp_path
    return make_commune(name="Ganvié")


@pytest.fixture
def publish(commune, tmp_path):
    """Publish a document with these words in it."""

    def make(title: str, text: str = "", *, at=None, year: int = 2025, place=None) -> Document:
        path = tmp_path / f"{title}.txt"
        path.write_text(text)
        file = Examined(path, "t.txt", "text/plain", len(text), title.encode().hex()[:64])
        said = Fields(kind="report", title=title, year=year)
        document = keep.make(place or commune, said, file, None)
        DocumentVersion.objects.update(text_state="read")
        document.versions.update(text=text)
        return keep.publish(document, at)

    return make


def titles(text: str, **where) -> list[str]:
    sync()
    return [hit.entry.heading for hit in find(Wanted(text, **where))]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("décision", "décisions"),
        ("DECISION", "Décisions"),
        ("eau", "L’eau"),
        ("école", "écoles"),
        ("réparer", "réparées"),
        ("marché", "marchés"),
        ("cœur", "coeur"),
    ],
)
def test_forms_of_a_word_are_one_word(typed, written):
    assert set(stems(typed)) == set(stems(written))


def test_a_document_is_found_by_its_words_in_any_form(publish):
    publish("Rapport annuel", "Les décisions du conseil sur l’eau des quartiers.")
    publish("Autre rapport", "Rien de tout cela.")
    for typed in ("décision", "decisions eau", "l'eau quartier", "EAUX"):
        assert titles(typed) == ["Rapport annuel"], typed
    assert titles("décision rien") == [], "all words are wanted"
    assert titles("rapports") == ["Rapport annuel", "Autre rapport"] or titles("rapport")


def test_words_of_the_title_count_for_more(publish):
    publish("Voirie", "Travaux.")
    publish(
        "Bilan", "Dans ce long bilan il est un peu question de voirie et de tout le reste. " * 5
    )
    assert titles("voirie")[0] == "Voirie"


@pytest.mark.parametrize(
    "typed", ["", "  ", "le la les", "'", '"', "* OR (", "a' OR 1=1 --", "\x00"]
)
def test_nonsense_finds_nothing_and_breaks_nothing(publish, typed, client):
    publish("Rapport", "Texte.")
    assert titles(typed) == []
    assert client.get("/recherche/", {"q": typed}).status_code in {200, 400}


def test_what_is_not_public_is_not_found(publish):
    draft = publish("Secret de la mairie")
    keep.withdraw(draft)
    publish("Secret de demain", at=timezone.now() + timedelta(days=1))
    assert titles("secret") == []
    keep.publish(draft)
    assert titles("secret") == ["Secret de la mairie"]
    keep.withdraw(draft)
    assert titles("secret") == [], "once withdrawn, it is gone from the index"


def test_a_changed_document_is_found_by_its_new_words_alone(publish):
    document = publish("Ancien titre", "mot")
    assert titles("ancien") == ["Ancien titre"]
    keep.change(document, document.revision, Fields("report", "Nouveau titre", 2025))
    assert titles("ancien") == []
    assert titles("nouveau") == ["Nouveau titre"]
    assert sync() == 0, "what has not changed is not written again"


def test_results_are_narrowed_by_commune_and_year(publish):
    elsewhere = make_commune(name="Ailleurs")
    publish("Budget d’ici", year=2024)
    publish("Budget de là-bas", place=elsewhere)
    assert titles("budget", commune=elsewhere) == ["Budget de là-bas"]
    assert titles("budget", year=2024) == ["Budget d’ici"]
    assert len(titles("budget")) == 2


@pytest.fixture
def answered(commune):
    """A question that was answered 100 seconds after the recording began."""
    sitting = make_sitting(commune, title="Reddition de comptes")
    move(sitting, "end")
    began = timezone.now() - timedelta(hours=1)
    Recording.objects.create(
        sitting=sitting,
        duration_s=600,
        size_bytes=1,
        has_video=False,
        has_audio=True,
        anchors=[[0, began.timestamp()]],
    )
    return Question.objects.create(
        sitting=sitting,
        text="Quand les caniveaux seront-ils curés ?",
        state=QuestionState.ANSWERED,
        submitted_at=began,
        answered_at=began + timedelta(seconds=100),
        answer="Le curage commence en mars.",
    )


def test_a_question_opens_the_recording_at_its_second(answered, client):
    sync()
    (hit,) = find(Wanted("caniveau mars"))
    assert hit.entry.kind == "answer"
    assert hit.second == 90, "ten seconds before, to hear what led to it"
    page = client.get("/recherche/", {"q": "caniveau"}).content.decode()
    assert f"{hit.entry.path}?t=90" in page
    assert "<mark>caniveaux</mark>" in page


def test_a_redacted_or_hidden_question_is_not_found(answered):
    assert titles("caniveau")
    answered.state = QuestionState.REJECTED
    answered.save()
    sitting = answered.sitting
    sitting.timeline.seq += 1
    sitting.timeline.save()
    assert titles("caniveau") == []


def test_a_rehearsal_and_a_draft_are_not_found(commune):
    make_sitting(commune, title="Séance d’essai", rehearsal=True)
    make_sitting(commune, title="Séance en brouillon", state="draft")
    assert titles("séance") == []
    make_sitting(commune, title="Séance annoncée", state="scheduled")
    assert titles("séance") == ["Séance annoncée"]
    assert SittingState.DRAFT not in SearchEntry.objects.values_list("kind", flat=True)


def test_a_concern_is_found_with_what_was_said_of_it_while_it_is_public(commune):
    waiting = a_concern(commune, make_person(), "Un dépotoir derrière l’école", published=False)
    assert titles("dépotoirs") == []
    act(waiting, make_person(commune, "moderator"), "concern.approve")
    assert titles("dépotoirs") == ["Un dépotoir derrière l’école"]
    said_by(waiting, make_person(), "Les moustiques y sont nombreux.")
    assert titles("moustique école") == ["Un dépotoir derrière l’école"]
    act(waiting, waiting.author, "concern.withdraw")
    assert titles("dépotoir") == []


def test_the_excerpt_is_where_the_words_are_closest():
    text = "eau " + "rien " * 200 + "la route et l’eau du quartier " + "rien " * 200
    pieces = excerpt(text, [stem("route"), stem("eau")])
    shown = "".join(piece.text for piece in pieces)
    assert [piece.text for piece in pieces if piece.hit] == ["route", "eau"]
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 300


def test_typed_markup_is_text(publish, client):
    publish("Rapport", "avant <script>alert(1)</script> après")
    sync()
    page = client.get("/recherche/", {"q": "alert après"}).content.decode()
    assert "<script>alert" not in page
    page = client.get("/recherche/", {"q": '"><script>x</script>'}).content.decode()
    assert "<script>x" not in page


def test_pages_of_results_follow_each_other(publish):
    for number in range(25):
        publish(f"Rapport numéro {number}")
    sync()
    client = Client()
    first = client.get("/recherche/", {"q": "rapport"})
    assert first.context["total"] == 25
    second = client.get("/recherche/", {"q": "rapport", "page": "2"})
    seen = [hit.entry.pk for answer in (first, second) for hit in answer.context["hits"]]
    assert len(set(seen)) == 25
    assert client.get("/recherche/", {"q": "rapport", "page": "99999"}).status_code == 200
