"""`manage.py listed`, and numbers as communes have them."""

import io

import pytest
from django.core.management import CommandError, call_command

from communes.identity import phone
from consultations.models import ListedNumber
from tests.live.acting import a_commune

pytestmark = pytest.mark.django_db


@pytest.fixture
def commune():
    return a_commune()


def run(*args: str) -> tuple[str, str]:
    out, errors = io.StringIO(), io.StringIO()
    call_command("listed", *args, stdout=out, stderr=errors)
    return out.getvalue(), errors.getvalue()


def test_numbers_are_added_from_a_file_once_and_kept_as_hashes(commune, tmp_path):
    file = tmp_path / "liste.csv"
    file.write_text("\ufefftéléphone;nom\n01 97 12 34 56;Afi\n97123456,Afi\n\n+33612345678;Ben\n")
    said, errors = run("cotonou", "--add", str(file))
    assert "2 added, 0 were there." in said
    assert "lines 1" in errors
    said, _ = run("cotonou", "--add", str(file))
    assert "0 added, 2 were there." in said
    kept = set(ListedNumber.objects.values_list("phone_hash", flat=True))
    assert kept == {phone.digest("+2290197123456"), phone.digest("+33612345678")}


def test_a_number_is_taken_off_and_the_list_emptied(commune, tmp_path):
    file = tmp_path / "liste.txt"
    file.write_text("0197123456\n0196000001\n")
    run("cotonou", "--add", str(file))
    assert "Taken off." in run("cotonou", "--remove", "01 97 12 34 56")[0]
    assert "not on the list" in run("cotonou", "--remove", "01 97 12 34 56")[0]
    assert "1 numbers taken off." in run("cotonou", "--clear")[0]


@pytest.mark.parametrize(
    "args",
    [("parakou",), ("cotonou", "--add", "/nowhere"), ("cotonou", "--remove", "12")],
    ids=["commune", "file", "number"],
)
def test_what_cannot_be_done_is_said(commune, args):
    with pytest.raises(CommandError):
        run(*args)
