"""A hearing has a file: what it is about, documents at hand, figures read from a table, what was
promised the last time; and a commune knows when its next hearing is due."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import override

from communes.documents import keep
from communes.documents.examine import Examined
from communes.documents.keep import Fields
from communes.models import Document, Revision
from consultations.models import Commitment, Question
from live.models import FiguresTable, HearingFile, Sitting, Timeline
from portal.figures import BadTable, chart, number, read_table
from portal.hearing import rhythm
from tests.consultations.concerning import picture
from tests.support.factories import make_commune, make_sitting

LATIN = "Poste;Prévu;Réalisé\r\nVoirie;1 250 000,50;900\xa0000\r\nSanté;2.000.000;—\r\n".encode(
    "cp1252"
)


@pytest.fixture
def hearing(commune) -> Sitting:
    return make_sitting(commune, "scheduled")


@pytest.fixture
def a_document(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def make(commune, title: str, *, public: bool) -> Document:
        path = tmp_path / f"{title}.txt"
        path.write_text(title)
        file = Examined(path, "t.txt", "text/plain", 5, title.encode().hex()[:64])
        document = keep.make(commune, Fields("budget", title, 2025), file, None)
        return keep.publish(document) if public else document

    return make


def place(sitting: Sitting, page: str = "") -> str:
    return f"/{sitting.commune.slug}/seances/{sitting.slug}/{page}"


def promise(sitting: Sitting, wording: str, state: str) -> Commitment:
    return Commitment.objects.create(
        commune=sitting.commune, sitting=sitting, timeline=Timeline.objects.create(),
        wording=wording, owner="Voirie", due_on=date(2026, 12, 1), state=state,
        made_at=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1 250 000,50", 1250000.5), ("1\u202f250", 1250), ("1.250.000", 1250000),
        ("1.250,5", 1250.5), ("1,250.5", 1250.5), ("12,5 %", 12.5), ("-3", -3), ("−3", -3),
        ("900 F CFA", 900), ("", None), ("—", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_town_halls_write_them(typed, value):
    assert number(typed) == value


@pytest.mark.parametrize("typed", ["douze", "1-2", "12 x", "1e5", "٣", "9" * 30])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(ValueError):
        number(typed)


def test_a_latin_table_with_semicolons_and_spaces_is_read():
    table = read_table(LATIN)
    assert table.head == ["Poste", "Prévu", "Réalisé"]
    assert table.rows == [("Voirie", [1250000.5, 900000]), ("Santé", [2000000, None])]


def test_every_bad_row_is_named():
    with pytest.raises(BadTable) as refused, override("fr"):
        read_table(b"Poste;2024;2025\nVoirie;1;2;3\n\nEau;4;douze\n;5;6\n")
    assert refused.value.problems == (
        "La ligne 2 a 4 cellules, la première n’en a que 3.",
        "Ligne 4, «\xa02025\xa0»\xa0: «\xa0douze\xa0» n’est pas un nombre.",
        "La ligne 5 n’a pas d’intitulé.",
    )


@pytest.mark.parametrize(
    "content", [b"", b"a\nb\n", b"a;b\n", b"PK\x03\x04\0\0", b"a;b\n" + b"x;1\n" * 41, b"a;" * 9]
)
def test_what_is_no_table_is_refused(content):
    with pytest.raises(BadTable):
        read_table(content)


def test_bars_stay_inside_and_negative_ones_lie_left_of_zero():
    drawn = chart([("A", [-50.0, 100.0]), ("B", [None, 0.0])])
    bars = [bar for group in drawn.groups for bar in group.bars]
    assert len(bars) == 3
    assert bars[0].x + bars[0].width == pytest.approx(drawn.zero)
    assert all(bar.x >= 0 and bar.x + bar.width <= 360 for bar in bars)


def test_a_file_is_prepared_and_shown(hearing, enter, visitor, a_document):
    public = a_document(hearing.commune, "Compte administratif", public=True)
    draft = a_document(hearing.commune, "Note confidentielle", public=False)
    client, page = enter("clerk"), place(hearing, "dossier/")
    said: dict[str, object] = {
        "theme": "L’eau et les routes",
        "period_from": "2026-01-01",
        "period_to": "2026-06-30",
    }
    said |= {
        "presenters": "Koffi Essai\nAfi Essai",
        "documents": [draft.pk, public.pk],
        "do": "save",
    }
    assert client.post(page, said).status_code == 302
    figures = {"title": "Dépenses", "unit": "FCFA", "do": "figures"}
    file = SimpleUploadedFile("depenses.csv", LATIN)
    assert client.post(page, figures | {"table": file}).status_code == 302
    shown = visitor.get(place(hearing)).content.decode()
    for part in ("L’eau et les routes", "Afi Essai", "Compte administratif", "Dépenses"):
        assert part in shown
    assert 'role="img"' in shown and "<caption" not in shown and '<th scope="row">Voirie' in shown
    assert "1\xa0250\xa0000,50" in shown
    assert "Note confidentielle" not in shown
    told = visitor.get(f"/api/v1/sittings/{hearing.pk}/documents").json()
    assert [one["id"] for one in told["items"]] == [public.pk]
    address = f"/api/v1/sittings/{hearing.pk}/documents"
    assert address in client.get(place(hearing, "animation/")).content.decode(), "the host's view"
    table = FiguresTable.objects.get()
    client.post(page, {"do": "remove", "table": table.pk})
    assert not FiguresTable.objects.exists()


def test_a_bad_table_is_refused_in_words_and_nothing_kept(hearing, enter):
    file = SimpleUploadedFile("d.csv", b"Poste;2025\nVoirie;beaucoup\n")
    answer = enter("clerk").post(
        place(hearing, "dossier/"), {"title": "Dépenses", "table": file, "do": "figures"}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Ligne 2, « 2025 » : « beaucoup » n’est pas un nombre" in page.replace("\xa0", " ")
    assert 'value="Dépenses"' in page
    assert not FiguresTable.objects.exists()


def test_documents_of_another_commune_are_never_at_hand(hearing, enter, a_document):
    foreign = a_document(make_commune(), "Budget d’ailleurs", public=True)
    answer = enter("clerk").post(
        place(hearing, "dossier/"), {"documents": [foreign.pk], "do": "save"}
    )
    assert answer.status_code == 422
    assert not hearing.papers.exists()


@pytest.mark.parametrize("role", ["host", "moderator", "interpreter", ""])
def test_only_clerks_change_the_file(hearing, enter, role):
    client = enter(*([role] if role else []))
    assert client.get(place(hearing, "dossier/")).status_code == 403
    assert client.post(place(hearing, "dossier/"), {"theme": "x"}).status_code == 403


def test_a_period_that_ends_before_it_begins_is_refused(hearing, enter):
    said = {"period_from": "2026-06-30", "period_to": "2026-01-01", "do": "save"}
    assert enter("clerk").post(place(hearing, "dossier/"), said).status_code == 422


def test_the_page_recalls_the_last_hearing_and_answers_owed(commune, hearing, visitor):
    last = make_sitting(commune, "archived", title="La précédente")
    Sitting.objects.filter(pk=last.pk).update(started_at=timezone.now() - timedelta(days=150))
    promise(last, "Réparer la pompe", "kept")
    promise(last, "Ouvrir la maternité", "late")
    now = timezone.now()
    Question.objects.create(
        sitting=hearing, text="Quand les lampadaires ?", state="approved", submitted_at=now,
        answer_due=now - timedelta(days=1), forwarded_to="Services techniques",
    )  # fmt: skip
    page = visitor.get(place(hearing)).content.decode()
    for part in ("La précédente", "Réparer la pompe", "tenu", "Ouvrir la maternité", "en retard"):
        assert part in page
    assert "Services techniques" in page
    assert page.index("Posées d’avance") < page.index("Réponses promises par écrit")


@pytest.mark.parametrize(
    ("held", "today", "due"),
    [
        (None, date(2026, 3, 1), date(2026, 6, 30)),
        (datetime(2026, 2, 1, tzinfo=UTC), date(2026, 3, 1), date(2026, 12, 31)),
        (datetime(2025, 12, 1, tzinfo=UTC), date(2026, 3, 1), date(2026, 6, 30)),
        (datetime(2026, 9, 1, tzinfo=UTC), date(2026, 11, 1), date(2027, 6, 30)),
    ],
)
def test_two_hearings_a_year_are_due(commune, held, today, due):
    if held:
        sitting = make_sitting(commune, "archived")
        Sitting.objects.filter(pk=sitting.pk).update(started_at=held)
    assert rhythm(commune, today).due_by == due


def test_a_commune_s_page_says_when_the_next_is_due(commune, visitor):
    page = visitor.get(f"/{commune.slug}/").content.decode()
    assert "Aucune reddition de comptes n’a encore eu lieu ici" in page
    assert "la prochaine est due au plus tard le" in page


def sent(**said: object) -> dict[str, object]:
    upload = SimpleUploadedFile("../hall.jpg", picture((900, 600), orientation=6), "image/jpeg")
    return {"do": "picture", "picture": upload, "alt": "La salle pleine", **said}


def test_pictures_of_a_hearing_come_in_and_are_shown_with_words(
    hearing, enter, visitor, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    clerk, page = enter("clerk"), place(hearing, "dossier/")
    assert clerk.post(page, sent()).status_code == 302
    one = hearing.pictures.get()
    assert (one.width, one.height) == (600, 900), "it stands upright"
    public = visitor.get(place(hearing)).content.decode()
    assert 'alt="La salle pleine"' in public
    shown = visitor.get(place(hearing, f"photos/{one.name}-640.webp"))
    content = b"".join(shown.streaming_content)
    assert shown["Content-Type"] == "image/webp" and b"Exif" not in content
    assert visitor.get(place(hearing, f"photos/{one.name}-641.webp")).status_code == 404


def test_programs_read_a_file_as_its_page_shows_it(
    hearing, enter, visitor, settings, tmp_path, a_document
):
    settings.MEDIA_ROOT = tmp_path
    document = a_document(hearing.commune, "Budget", public=True)
    clerk, page = enter("clerk"), place(hearing, "dossier/")
    about = {"theme": "L’eau", "period_from": "2026-01-01", "presenters": "Afi\nKoffi"}
    clerk.post(page, {"do": "save", **about, "documents": [document.pk]})
    table = SimpleUploadedFile("t.csv", LATIN)
    clerk.post(page, {"do": "figures", "title": "Dépenses", "unit": "FCFA", "table": table})
    clerk.post(page, sent())
    told = visitor.get(f"/api/v1/sittings/{hearing.pk}/file").json()
    assert (told["theme"], told["period_from"], told["period_to"]) == ("L’eau", "2026-01-01", None)
    assert told["presenters"] == ["Afi", "Koffi"] and told["documents"] == [document.pk]
    [figures] = told["figures"]
    assert figures["columns"] == ["Poste", "Prévu", "Réalisé"]
    assert figures["rows"][1] == {"label": "Santé", "numbers": [2_000_000.0, None]}
    [one] = told["pictures"]
    assert one["alt"] == "La salle pleine"
    assert visitor.get(f"{one['address']}-320.webp").status_code == 200
    draft = make_sitting(hearing.commune, "draft")
    assert visitor.get(f"/api/v1/sittings/{draft.pk}/file").status_code == 404
    assert clerk.get(f"/api/v1/sittings/{draft.pk}/file").status_code == 200


def test_pictures_are_put_in_order_described_and_removed_with_their_files(
    hearing, enter, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    clerk, page = enter("clerk"), place(hearing, "dossier/")
    for alt in ("un", "deux", "trois"):
        clerk.post(page, sent(alt=alt))
    first, _second, third = hearing.pictures.all()
    clerk.post(page, {"do": "picture-up", "number": third.pk})
    clerk.post(page, {"do": "picture-up", "number": third.pk})
    clerk.post(page, {"do": "picture-up", "number": third.pk})
    clerk.post(page, {"do": "picture-down", "number": first.pk})
    assert [one.alt for one in hearing.pictures.all()] == ["trois", "deux", "un"]
    clerk.post(page, {"do": "picture-said", "number": first.pk, "alt": "Le maire parle"})
    assert (
        clerk.post(page, {"do": "picture-said", "number": first.pk, "alt": " "}).status_code == 409
    )
    for one in list(hearing.pictures.all()):
        clerk.post(page, {"do": "picture-remove", "number": one.pk})
    assert not hearing.pictures.exists()
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_a_picture_without_words_or_that_is_none_is_refused(hearing, enter, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    clerk, page = enter("clerk"), place(hearing, "dossier/")
    assert clerk.post(page, sent(alt="")).status_code == 422
    broken = SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    assert clerk.post(page, sent(picture=broken)).status_code == 422
    assert not hearing.pictures.exists() and not any(tmp_path.iterdir())


def test_pictures_of_a_draft_are_for_staff_alone_and_councils_have_none(
    commune, enter, visitor, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    draft = make_sitting(commune, "draft")
    clerk = enter("clerk")
    clerk.post(place(draft, "dossier/"), sent())
    address = place(draft, f"photos/{draft.pictures.get().name}-320.webp")
    assert visitor.get(address).status_code == 404
    assert clerk.get(address).status_code == 200
    assert enter("moderator").post(place(draft, "dossier/"), sent()).status_code == 403
    council = make_sitting(commune, "scheduled", kind="council")
    assert clerk.post(place(council, "dossier/"), sent()).status_code == 409
    assert not council.pictures.exists()


def test_who_changed_what_of_a_file_is_kept_and_shown_to_staff_alone(hearing, enter, visitor):
    clerk, page = enter("clerk"), place(hearing, "dossier/")
    clerk.post(page, {"do": "save", "theme": "L’eau"})
    clerk.post(page, {"do": "save", "theme": "L’eau et les routes"})
    clerk.post(page, {"do": "save", "theme": "L’eau et les routes"})
    kept = Revision.objects.filter(commune=hearing.commune, of="file")
    assert [row.changes for row in kept] == [
        {"theme": ["L’eau", "L’eau et les routes"]},
        {"theme": ["", "L’eau"]},
    ]
    by = kept[0].by
    assert by is not None and by.display_name in clerk.get(page).content.decode()
    history = f"/{hearing.commune.slug}/historique/"
    assert "L’eau et les routes" in clerk.get(history).content.decode()
    assert by.display_name not in visitor.get(place(hearing)).content.decode()


def test_of_two_who_change_a_file_at_once_the_second_is_told_and_loses_nothing(hearing, enter):
    one, two, page = enter("clerk"), enter("clerk"), place(hearing, "dossier/")
    shown = re.search(r'name="seen" value="(\d+)"', two.get(page).content.decode())
    assert shown is not None
    one.post(page, {"do": "save", "theme": "L’eau"})
    typed = {"do": "save", "theme": "Les routes", "seen": shown[1]}
    answer = two.post(page, typed)
    assert answer.status_code == 409
    assert "Les routes" in answer.content.decode()
    assert HearingFile.objects.get(sitting=hearing).theme == "L’eau"
    again = re.search(r'name="seen" value="(\d+)"', answer.content.decode())
    assert again is not None
    assert two.post(page, {**typed, "seen": again[1]}).status_code == 302
    assert HearingFile.objects.get(sitting=hearing).theme == "Les routes"
