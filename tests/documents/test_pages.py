"""Documents on the site: who sees what, what is served how, and publishing without JavaScript."""

from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation

from communes.documents import keep
from communes.documents.keep import Fields
from communes.models import Commune, Document, DocumentVersion, Person
from communes.permissions import grant
from portal.documents import tasks
from portal.templatetags.palabre import weight

from . import files

SHARED = {
    "kind": "budget",
    "year": "2025",
    "department": "Affaires financières",
    "language": "fr",
    "licence": "cc-by-4.0",
}


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def writer(ganvie, clerk) -> Client:
    """A browser of the commune's clerk."""
    grant(clerk, ganvie, "clerk")
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(clerk)
    return client


@pytest.fixture
def make(ganvie, receive):
    def make(title: str = "Budget primitif", *, public: bool = True, **fields) -> Document:
        said = Fields(**{"kind": "budget", "title": title, "year": 2025, **fields})
        document = keep.make(ganvie, said, receive(f"{title}.pdf", files.pdf(title, "2")), None)
        return keep.publish(document) if public else document

    return make


def add(client: Client, *chosen: SimpleUploadedFile, **changes: str):
    data = {**SHARED, "do": "add", "uploads": list(chosen), **changes}
    return client.post("/ganvie-essai/documents/gerer/", data, follow=True)


def test_a_draft_is_seen_by_the_commune_s_clerks_alone(make, writer, client, parakou_clerk):
    draft = make(public=False)
    version = draft.latest
    paths = [
        f"/ganvie-essai/documents/{draft.pk}/",
        f"/ganvie-essai/documents/{draft.pk}/v1/{version.name}",
        f"/ganvie-essai/documents/{draft.pk}/v1/page/1-320.webp",
    ]
    for path in paths:
        assert client.get(path).status_code == 404, path
        assert parakou_clerk.get(path).status_code == 404, path
        assert writer.get(path).status_code == 200, path
    for path in (f"/ganvie-essai/documents/{draft.pk}/modifier/", "/ganvie-essai/documents/gerer/"):
        assert client.get(path).status_code == 302
        assert parakou_clerk.get(path).status_code == 403
        assert parakou_clerk.post(path, {"do": "publish"}).status_code == 403
    assert draft.title not in client.get("/ganvie-essai/documents/").content.decode()


@pytest.fixture
def parakou_clerk(db) -> Client:
    parakou = Commune.objects.create(slug="parakou-essai", name="Parakou")
    person = Person.objects.create(display_name="Bio")
    grant(person, parakou, "admin")
    client = Client()
    client.force_login(person)
    return client


def test_a_document_of_a_later_day_is_not_public_before(make, client):
    document = make(public=False)
    keep.publish(document, timezone.now() + timedelta(hours=1))
    assert client.get(f"/ganvie-essai/documents/{document.pk}/").status_code == 404
    keep.publish(document, timezone.now() - timedelta(seconds=1))
    assert client.get(f"/ganvie-essai/documents/{document.pk}/").status_code == 200


def test_the_list_can_be_narrowed_to_a_kind_and_a_year(make, client):
    make("Budget de 2025")
    make("Budget de 2024", year=2024)
    make("Marché de la voirie", kind="contract")
    page = client.get("/ganvie-essai/documents/?genre=budget&annee=2024").content.decode()
    assert "Budget de 2024" in page
    assert "Budget de 2025" not in page
    assert "Marché" not in page
    assert client.get("/ganvie-essai/documents/?genre=%00&annee=x&page=zz").status_code in {
        200,
        400,
    }


def test_files_are_added_as_drafts_each_by_itself(writer, ganvie):
    answer = add(
        writer,
        upload("budget-primitif_2025.pdf", files.pdf("Budget")),
        upload("faux.pdf", b"rien"),
        upload("photo.jpg", files.photo()),
    )
    page = answer.content.decode()
    assert "faux.pdf" in page
    assert "is none, or it is damaged" in page
    assert {one.title for one in Document.objects.all()} == {"Budget primitif 2025", "Photo"}
    assert not Document.objects.public().exists()
    again = add(writer, upload("copie.pdf", files.pdf("Budget"))).content.decode()
    assert "This very file is there already" in again
    assert Document.objects.count() == 2


def test_years_before_1990_are_years(writer):
    add(writer, upload("registre.pdf", files.pdf("1974")), year="1974")
    assert Document.objects.get().year == 1974
    answer = add(writer, upload("papyrus.pdf", files.pdf("papyrus")), year="974")
    assert answer.status_code == 422
    assert "from 1900 on" in answer.content.decode()


def test_drafts_are_published_together(writer, make):
    one, two = make("Un", public=False), make("Deux", public=False)
    writer.post("/ganvie-essai/documents/gerer/", {"do": "publish", "document": [one.pk, two.pk]})
    assert Document.objects.public().count() == 2


def test_a_draft_of_another_commune_is_not_published_along(writer, make, parakou_clerk):
    draft = make(public=False)
    parakou_clerk.post("/parakou-essai/documents/gerer/", {"do": "publish", "document": [draft.pk]})
    assert not Document.objects.public().exists()
    address = f"/parakou-essai/documents/{draft.pk}/modifier/"
    assert parakou_clerk.post(address, {"do": "delete"}).status_code == 404
    assert Document.objects.filter(pk=draft.pk).exists()


def test_of_two_editors_the_second_is_told_and_loses_nothing(writer, make):
    document = make()
    address = f"/ganvie-essai/documents/{document.pk}/modifier/"
    seen = writer.get(address).context["form"]["seen"].value()
    said = {**SHARED, "do": "save", "seen": seen, "summary": ""}
    assert writer.post(address, {**said, "title": "La première"}).status_code == 302
    answer = writer.post(address, {**said, "title": "La seconde"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "La première" in page
    assert 'value="La seconde"' in page
    assert Document.objects.get().title == "La première"
    kept = answer.context["form"]["seen"].value()
    assert writer.post(address, {**said, "seen": kept, "title": "La seconde"}).status_code == 302
    assert Document.objects.get().title == "La seconde"


def test_a_newer_version_keeps_the_address_and_the_older_one(writer, make, client):
    document = make()
    address = f"/ganvie-essai/documents/{document.pk}/"
    newer = upload("corrige.pdf", files.pdf("Corrigé", "2", "3"))
    data = {"do": "version", "file": newer, "changes": "Recettes corrigées"}
    assert writer.post(f"{address}modifier/", data).status_code == 302
    page = client.get(address).content.decode()
    assert "Recettes corrigées" in page
    first, second = DocumentVersion.objects.order_by("number")
    for version in (first, second):
        answer = client.get(f"{address}v{version.number}/{version.name}")
        content = b"".join(answer.streaming_content)
        assert len(content) == version.size
        assert answer["ETag"] == f'"{version.checksum}"'


def test_files_are_saved_not_run(make, client, ganvie, receive):
    said = Fields(kind="report", title="Tableau", year=2025)
    table = keep.publish(keep.make(ganvie, said, receive("t.csv", b"a;b\n1;2"), None))
    pdf = make()
    for document, inline in ((pdf, True), (table, False)):
        version = document.latest
        path = f"/ganvie-essai/documents/{document.pk}/v1/{version.name}?voir"
        answer = client.get(path)
        assert ("inline" in answer["Content-Disposition"]) is inline
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        b"".join(answer.streaming_content)
    assert "attachment" in client.get(path.removesuffix("?voir"))["Content-Disposition"]


def test_pages_are_shown_as_small_pictures(make, client):
    document = make()
    base = f"/ganvie-essai/documents/{document.pk}/v1/page"
    answer = client.get(f"{base}/2-320.webp")
    assert answer["Content-Type"] == "image/webp"
    assert b"".join(answer.streaming_content)[8:12] == b"WEBP"
    for missing in ("3-320", "0-320", "1-321", "1-100000"):
        assert client.get(f"{base}/{missing}.webp").status_code == 404
    assert (
        "Page 2 of 2"
        in client.get(
            f"/ganvie-essai/documents/{document.pk}/?p=2", HTTP_ACCEPT_LANGUAGE="en"
        ).content.decode()
    )


def test_words_are_read_and_shown(make, client, ganvie, receive):
    document = make("Délibération sur l’eau")
    assert tasks.read_document.call(document.latest.pk) == "read"
    page = client.get(f"/ganvie-essai/documents/{document.pk}/").content.decode()
    assert "Délibération sur l" in DocumentVersion.objects.get().text
    assert "prose--plain" in page
    said = Fields(kind="minutes", title="Procès-verbal", year=1987)
    letter = keep.make(ganvie, said, receive("pv.docx", files.docx("Séance", "ouverte")), None)
    assert tasks.read_document.call(letter.latest.pk) == "read"
    assert letter.versions.get().text == "Séance\nouverte"
    old = keep.make(ganvie, said, receive("t.csv", files.rows(["Impôts;1 234"], "latin-1")), None)
    tasks.read_document.call(old.latest.pk)
    assert old.versions.get().text == "Impôts;1 234"


def test_the_feed_tells_what_was_published_last_by_kind(make, client):
    make("Budget")
    make("Marché", kind="contract")
    make("Brouillon", public=False)
    atom = "{http://www.w3.org/2005/Atom}"
    for query, titles in (("", {"Budget", "Marché"}), ("?genre=contract", {"Marché"})):
        answer = client.get(f"/ganvie-essai/documents/flux.xml{query}")
        root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own feed
        entries = root.findall(f"{atom}entry")
        assert {entry.findtext(f"{atom}title") for entry in entries} == titles


def test_what_was_published_is_withdrawn_rather_than_deleted(make, writer, client):
    document = make()
    edit = f"/ganvie-essai/documents/{document.pk}/modifier/"
    assert "withdraw" in writer.post(edit, {"do": "delete"}, follow=True).content.decode()
    assert Document.objects.exists()
    writer.post(edit, {"do": "withdraw"})
    assert client.get(f"/ganvie-essai/documents/{document.pk}/").status_code == 404
    path = Path(document.latest.file.path)
    assert path.exists()
    writer.post(edit, {"do": "delete"})
    assert not Document.objects.exists()
    assert not path.exists()


@pytest.mark.parametrize(
    ("size", "said"),
    [(1, "1 kB"), (1900, "2 kB"), (999_400, "999 kB"), (1_940_000, "1.9 MB"), (25e6, "25 MB")],
)
def test_sizes_are_told_as_mobile_data_is_sold(size, said):
    with translation.override("en"):
        assert weight(size).replace("\u00a0", " ") == said
