"""The register of promises, its pages and data; the list of inhabitants; answers owed."""

import csv
import html
import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from communes.identity import phone
from communes.models import Person
from consultations.actions import commitments
from consultations.models import (
    Commitment,
    CommitmentUpdate,
    CommitmentVoice,
    ListedNumber,
    Question,
    QuestionState,
)
from consultations.protocol import MakeCommitment
from live.actions.context import Context
from live.models import Recording, Sitting
from portal.replay import LEAD_S, media_second
from tests.support.factories import make_commune, make_person, make_sitting, move

WORDING = "Paver la rue 12 d'Agla avant la saison des pluies"
HOST = frozenset({"host"})


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sitting(commune) -> Sitting:
    return make_sitting(commune, "live", title="Reddition de mars")


def promise(sitting: Sitting, wording: str = WORDING) -> Commitment:
    host = make_person(sitting.commune, "host")
    wanted = MakeCommitment(
        wording=wording,
        owner="2e adjoint, voirie",
        due_on=timezone.localdate() + timedelta(days=30),
    )
    with transaction.atomic():
        return commitments.make(Context(sitting.pk, host.pk, "", HOST), wanted)


def address(commitment: Commitment) -> str:
    return f"/{commitment.commune.slug}/engagements/{commitment.pk}/"


def read(client: Client, path: str) -> str:
    return html.unescape(client.get(path).content.decode()).replace("\u00a0", " ")


def picture(size: tuple[int, int] = (40, 30), kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Téléphone de Dossou"
    Image.new("RGB", size, "green").save(out, kind, exif=exif)
    return out.getvalue()


# ── the register ──────────────────────────────────────────────────────────────────────────────


def test_an_empty_register_says_so(commune, visitor):
    assert "Aucun engagement n’a encore été pris." in read(visitor, f"/{commune.slug}/engagements/")


def test_the_register_shows_what_was_promised_here_by_state(commune, visitor, sitting, enter):
    open_one, kept = promise(sitting), promise(sitting, "Curer les caniveaux avant juin")
    neighbours = promise(make_sitting(make_commune(), "live"), "Planter mille arbres")
    client = enter("clerk")
    client.post(address(kept), {"do": "news", "state": "kept", "note": "C'est fait."})
    text = read(visitor, f"/{commune.slug}/engagements/")
    assert WORDING in text and "Curer les caniveaux" in text
    assert neighbours.wording not in text
    text = read(visitor, f"/{commune.slug}/engagements/?etat=kept")
    assert "Curer les caniveaux" in text and open_one.wording not in text
    assert "Engagements" in read(visitor, f"/{commune.slug}/")


def test_a_rehearsals_promises_are_not_in_the_register(commune, visitor):
    practising = promise(make_sitting(commune, "live", rehearsal=True))
    assert practising.wording not in read(visitor, f"/{commune.slug}/engagements/")
    assert visitor.get(address(practising)).status_code == 404


def test_a_promise_leads_to_the_second_it_was_made_at(visitor, sitting):
    one = promise(sitting)
    page = f"/{sitting.commune.slug}/seances/{sitting.slug}/"
    assert f'href="{page}"' in visitor.get(address(one)).content.decode()
    made = one.made_at.timestamp()
    Recording.objects.create(
        sitting=sitting, duration_s=600, size_bytes=1, has_video=True, has_audio=True,
        anchors=[[0.0, made - 500], [100.0, made - 60]],
    )  # fmt: skip
    second = 100 + 60 - LEAD_S
    assert f'href="{page}?t={second}"' in visitor.get(address(one)).content.decode()


@pytest.mark.parametrize(
    ("moment", "second"),
    [(999, None), (1000, 0), (1030, 30), (1500, 50), (2000, 50), (2010, 60)],
)
def test_the_second_of_a_recording_with_a_gap(moment, second):
    assert media_second([[0.0, 1000.0], [50.0, 2000.0]], moment) == second


# ── news ──────────────────────────────────────────────────────────────────────────────────────


def test_only_host_and_clerk_publish_news(visitor, sitting, enter):
    one = promise(sitting)
    news = {"do": "news", "note": "Les travaux ont commencé."}
    assert visitor.post(address(one), news).status_code == 302
    for client in (enter(), enter("moderator")):
        assert client.post(address(one), news).status_code == 404
        assert 'value="news"' not in client.get(address(one)).content.decode()
    assert not CommitmentUpdate.objects.exists()
    assert enter("host").post(address(one), news).status_code == 302
    assert "Les travaux ont commencé." in read(visitor, address(one))


def test_news_without_anything_keep_what_was_typed_and_say_what_lacks(sitting, enter):
    one = promise(sitting)
    answer = enter("clerk").post(address(one), {"do": "news", "state": "dropped"})
    assert answer.status_code == 422
    assert "Dites ce qui a été fait" in html.unescape(answer.content.decode())


def test_a_picture_is_kept_without_what_the_telephone_noted_in_it(visitor, sitting, enter):
    one = promise(sitting)
    file = SimpleUploadedFile("rue.jpg", picture((3000, 200)), "image/jpeg")
    enter("clerk").post(address(one), {"do": "news", "state": "kept", "file": file})
    news = CommitmentUpdate.objects.get()
    answer = visitor.get(f"{address(one)}pieces/{news.pk}/")
    assert answer["Content-Type"] == "image/jpeg"
    with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as kept:
        assert kept.width == 1600
        assert not kept.getexif()
    assert f"{address(one)}pieces/{news.pk}/" in visitor.get(address(one)).content.decode()


def test_a_document_is_offered_to_be_saved(visitor, sitting, enter):
    one = promise(sitting)
    file = SimpleUploadedFile("../../marché.pdf", b"%PDF-1.7 corps", "application/pdf")
    enter("clerk").post(address(one), {"do": "news", "note": "Attribué.", "file": file})
    answer = visitor.get(f"{address(one)}pieces/{CommitmentUpdate.objects.get().pk}/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 corps"


@pytest.mark.parametrize(
    "content", [b"<html><script>alert(1)</script>", b"GIF89a....", b"\xff\xd8\xff\xe0 broken", b""]
)
def test_other_files_are_refused(sitting, enter, content):
    one = promise(sitting)
    file = SimpleUploadedFile("preuve.jpg", content, "image/jpeg")
    answer = enter("clerk").post(address(one), {"do": "news", "note": "Voir.", "file": file})
    assert answer.status_code == 422
    assert not CommitmentUpdate.objects.exists()


# ── what citizens do there ────────────────────────────────────────────────────────────────────


def test_citizens_say_whether_it_was_kept_and_follow_it_without_javascript(visitor, sitting, enter):
    one = promise(sitting)
    afi = make_person()
    client = enter(person=afi)
    assert visitor.post(address(one), {"do": "follow"}).status_code == 302
    client.post(address(one), {"do": "confirm"})
    assert not CommitmentVoice.objects.exists()
    enter("host").post(address(one), {"do": "news", "state": "kept", "note": "Fait."})
    client.post(address(one), {"do": "contest"})
    client.post(address(one), {"do": "follow"})
    assert CommitmentVoice.objects.get().confirms is False
    assert one.followers.get().person_id == afi.pk
    text = read(client, address(one))
    assert "personne le conteste" in text and "Ne plus le suivre" in text
    client.post(address(one), {"do": "recant"})
    client.post(address(one), {"do": "unfollow"})
    assert not CommitmentVoice.objects.exists() and not one.followers.exists()
    assert client.post(address(one), {"do": "nonsense"}).status_code == 404


# ── as data ───────────────────────────────────────────────────────────────────────────────────


def test_the_register_as_json_and_as_a_table(commune, visitor, sitting, enter):
    one = promise(sitting, "=HYPERLINK(1) Paver la rue 12")
    enter("host").post(address(one), {"do": "news", "state": "kept", "note": "Fait."})
    base = f"/api/v1/communes/{commune.slug}/commitments"
    listed = json.loads(visitor.get(base).content)
    assert listed["total"] == 1
    assert listed["items"][0]["commitment"]["state"] == "kept"
    assert json.loads(visitor.get(f"{base}?state=late").content)["items"] == []
    whole = json.loads(visitor.get(f"{base}/{one.pk}").content)
    assert [entry["kind"] for entry in whole["history"]] == ["commitment.made", "commitment.kept"]
    assert visitor.get(f"{base}/999999").status_code == 404
    answer = visitor.get(f"{base}.csv")
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(rows) == 2
    assert rows[1][1] == "'=HYPERLINK(1) Paver la rue 12"
    assert answer["Content-Disposition"] == f'attachment; filename="engagements-{commune.slug}.csv"'


# ── the list of inhabitants ───────────────────────────────────────────────────────────────────


def test_the_list_is_for_administrators_and_shows_no_number(commune, visitor, enter):
    path = f"/{commune.slug}/liste/"
    assert visitor.get(path).status_code == 302
    assert enter("clerk").get(path).status_code == 403
    admin = enter("admin")
    typed = "01 97 12 34 56\n+229 01 96 00 00 01;Afi\n\npas un numéro\n01 97 12 34 56"
    answer = admin.post(path, {"do": "add", "numbers": typed}, follow=True)
    text = html.unescape(answer.content.decode())
    assert "2 numéros ont été ajoutés." in text
    assert "La ligne 4 n’est pas un numéro mobile." in text
    assert "0197123456" not in text and "97 12 34" not in text
    assert ListedNumber.objects.filter(phone_hash=phone.digest("+2290197123456")).exists()
    file = SimpleUploadedFile("liste.csv", "\ufeffnuméro;nom\n0196000002;Koffi\n".encode())
    admin.post(path, {"do": "add", "file": file})
    assert ListedNumber.objects.count() == 3
    admin.post(path, {"do": "remove", "number": "0196000002"})
    assert ListedNumber.objects.count() == 2
    admin.post(path, {"do": "clear"})
    assert not ListedNumber.objects.exists()


def test_the_list_of_another_commune_is_left_alone(commune, enter):
    other = make_commune()
    ListedNumber.objects.create(commune=other, phone_hash=phone.digest("+2290197123456"))
    admin = enter("admin")
    admin.post(f"/{commune.slug}/liste/", {"do": "clear"})
    admin.post(f"/{commune.slug}/liste/", {"do": "remove", "number": "0197123456"})
    assert ListedNumber.objects.filter(commune=other).count() == 1
    assert admin.post(f"/{other.slug}/liste/", {"do": "clear"}).status_code == 403


# ── answers owed ──────────────────────────────────────────────────────────────────────────────


def test_what_is_owed_at_the_end_is_listed_with_its_date_and_answered_in_writing(
    commune, sitting, enter, visitor
):
    author: Person = make_person()
    question = Question.objects.create(
        sitting=sitting, author=author, text="Quand le marché sera-t-il couvert ?",
        state=QuestionState.APPROVED, supports=12, submitted_at=timezone.now(),
        published_at=timezone.now(),
    )  # fmt: skip
    clerk = enter("clerk")
    assert "Rien n’est attendu" in read(clerk, "/espace/reponses/")
    move(sitting, "end")
    question.refresh_from_db()
    assert question.answer_due is not None
    text = read(clerk, "/espace/reponses/")
    assert question.text in text
    assert "1 question attend une réponse écrite." in read(clerk, "/espace/")
    assert enter().get("/espace/reponses/").status_code == 403
    elsewhere = make_commune()
    stranger = enter(person=make_person(elsewhere, "clerk"))
    assert question.text not in read(stranger, "/espace/reponses/")
    assert stranger.post("/espace/reponses/", {"question": question.pk}).status_code == 404
    empty = clerk.post("/espace/reponses/", {"question": question.pk, f"{question.pk}-text": ""})
    assert empty.status_code == 422
    given = {
        "question": question.pk,
        f"{question.pk}-text": "Le toit est commandé, il arrive en mai.",
        f"{question.pk}-official": "Maire",
    }
    assert clerk.post("/espace/reponses/", given).status_code == 302
    question.refresh_from_db()
    assert question.state == QuestionState.ANSWERED
    assert "Rien n’est attendu" in read(clerk, "/espace/reponses/")
