"""A file is what its content says, or it is not taken and the answer says why."""

import io

import pytest
from PIL import Image

from communes.documents.names import safe_name, title_from
from communes.documents.problems import Problem, Unfit

from . import files


def refused(receive, name: str, content: bytes) -> Unfit:
    with pytest.raises(Unfit) as caught:
        receive(name, content)
    assert caught.value.words
    assert "%(" not in caught.value.words
    return caught.value


def test_a_pdf_is_taken_with_its_number_of_pages(receive):
    found = receive("Compte administratif.pdf", files.pdf("un", "deux", "trois"))
    assert (found.media_type, found.pages, found.name) == (
        "application/pdf",
        3,
        "Compte administratif.pdf",
    )
    assert len(found.checksum) == 64


def test_a_pdf_that_is_none_is_refused(receive):
    assert refused(receive, "compte.pdf", b"bonjour" * 50).problem == Problem.NOT_A_PDF
    assert refused(receive, "compte.pdf", b"%PDF-1.7\nrien").problem == Problem.NOT_A_PDF
    cut = files.pdf("un")[:60]
    assert refused(receive, "compte.pdf", cut).problem == Problem.NOT_A_PDF


def test_the_name_does_not_say_what_a_file_is(receive):
    assert receive("photo.jpg", files.pdf("un")).name == "photo.pdf"
    assert receive("rapport.pdf.exe.docx", files.docx("a")).name == "rapport.pdf.exe.docx"


def test_active_content_is_refused_whatever_its_name(receive):
    for page in (b"<!DOCTYPE html><p>", b"<svg onload=x>", b"<?xml version='1.0'?><a/>"):
        for name in ("page.html", "page.txt", "page.csv", "page.svg"):
            assert refused(receive, name, page).problem == Problem.UNKNOWN_TYPE
    macros = files.archive({"[Content_Types].xml": "", "word/vbaProject.bin": b"x"})
    assert refused(receive, "lettre.docx", macros).problem == Problem.UNKNOWN_TYPE
    assert refused(receive, "programme.exe", b"MZ" + b"\0" * 90).problem == Problem.UNKNOWN_TYPE


def test_an_empty_file_and_one_that_is_too_large_are_refused(receive, settings):
    assert refused(receive, "rien.pdf", b"").problem == Problem.EMPTY
    settings.DOCUMENT_MAX_MB = 1
    found = refused(receive, "scan.pdf", files.pdf("un") + b"\0" * 2**21)
    assert found.problem == Problem.TOO_LARGE
    assert "3" in found.words
    assert "1" in found.words


def test_a_photo_stands_upright_and_forgets_where_it_was_taken(receive):
    found = receive("IMG_2025.JPG", files.photo(60, 40, orientation=6))
    assert (found.width, found.height) == (40, 60)
    content = found.path.read_bytes()
    assert not dict(Image.open(io.BytesIO(content)).getexif())
    assert b"GPS" not in content
    assert b"Exif" not in content
    assert found.name == "IMG_2025.jpg"


def test_pictures_of_400_million_pixels_are_never_opened(receive):
    found = refused(receive, "carte.png", files.huge_png(20_000, 20_000))
    assert found.problem == Problem.TOO_MANY_PIXELS
    assert "400" in found.words
    assert refused(receive, "plan.png", files.huge_png(9000, 9000)).problem == (
        Problem.TOO_MANY_PIXELS
    )


def test_a_picture_cut_short_is_refused(receive):
    content = files.photo(600, 400)
    assert refused(receive, "place.jpg", content[: len(content) // 2]).problem == Problem.DAMAGED


def test_an_archive_that_grows_without_measure_is_refused(receive):
    bomb = files.archive(
        {"[Content_Types].xml": "", "word/document.xml": b"\0" * (40 * 1024 * 1024)}
    )
    assert len(bomb) < 100_000
    assert refused(receive, "bombe.docx", bomb).problem == Problem.BOMB


def test_a_table_in_latin_1_is_a_table(receive):
    content = files.rows(["Recettes;Montant", "Impôts locaux;1 234 567"], "latin-1")
    assert receive("budget.csv", content).media_type == "text/csv"


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\scans\\Budget 2025.PDF", "Budget 2025.pdf"),
        ("rapport\u202efdp.exe", "rapport fdp.pdf"),
        ("a\0b\nc.pdf", "a b c.pdf"),
        ("...", "document.pdf"),
        ("é" * 300 + ".pdf", "é" * 96 + ".pdf"),
        ("Délibération n° 12/2025 du 3 mars.pdf", "2025 du 3 mars.pdf"),
    ],
)
def test_names_are_made_safe(given, safe):
    assert safe_name(given, ".pdf") == safe


def test_a_title_is_read_from_a_name():
    assert title_from("compte-administratif_2025.pdf") == "Compte administratif 2025"
