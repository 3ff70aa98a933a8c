"""The transparency report: true figures, roles instead of names, digests that anybody can check."""

import csv
import hashlib
import io
import subprocess
import sys

import pytest
from django.conf import settings
from django.urls import reverse

from communes.models import Person
from moderation.report import log
from moderation.report.figures import figures
from tests.live.acting import a_commune, a_person, a_sitting, act, context

pytestmark = pytest.mark.django_db

SECRET = "Où est passé l'argent du pont, monsieur le maire ?"


@pytest.fixture
def history(sitting, citizen, moderator, colleague, clerk, host, ask, publish) -> dict[str, int]:
    """A sitting with one of everything."""
    found = {
        "answered": publish("Quand ouvre le pont ?"),
        "written": publish("Combien coûte la clôture du cimetière ?"),
        "not_reached": publish("Qui entretient les bancs publics ?"),
        "unpublished": ask("Et le terrain de basket de Vossa ?"),
        "merged": ask("À quand l'ouverture du pont ?"),
        "refused": ask("Achetez mes pagnes pas chers du tout", citizen),
        "overruled": ask(SECRET),
        "confirmed": ask("Le maire a-t-il menti sur son bilan ?"),
        "withdrawn": ask("Une question que je retire", citizen),
    }
    act(moderator, "question.answer", question=found["answered"])
    act(host, "question.answer_in_writing", question=found["written"], text="Trois millions.")
    act(moderator, "question.merge", target=found["answered"], questions=[found["merged"]])
    act(moderator, "question.reject", question=found["refused"], code="advertising")
    for name, confirm in (("overruled", False), ("confirmed", True)):
        act(moderator, "question.reject", question=found[name], code="off_topic")
        act(colleague, "review.second", question=found[name], confirm=confirm)
    act(citizen, "question.withdraw", question=found["withdrawn"])
    appeal = act(citizen, "appeal.submit", question=found["refused"], text="C'est une question.")
    act(
        colleague, "appeal.decide",
        appeal=appeal.result["appeal"], accept=False, reason="Une réclame.",
    )  # fmt: skip
    act(moderator, "sanction.issue", question=found["refused"], kind="warning", reason="Réclame")
    act(citizen, "question.report", question=found["written"], code="insult")
    act(clerk, "sitting.end")
    return found


def test_every_question_is_counted_once(sitting, history):
    numbers = figures([sitting])
    assert numbers.received == len(history) == 9
    parts = (
        numbers.published, numbers.merged, numbers.refused, numbers.withdrawn,
        numbers.unpublished, numbers.pending,
    )  # fmt: skip
    assert parts == (4, 1, 2, 1, 1, 0)
    assert sum(parts) == numbers.received
    assert (numbers.answered, numbers.answered_in_writing, numbers.not_reached) == (2, 1, 2)
    assert numbers.refused_by == {"advertising": 1, "off_topic": 1}
    assert numbers.appeals.model_dump() == {
        "submitted": 1, "accepted": 0, "dismissed": 1, "pending": 0,
    }  # fmt: skip
    assert numbers.second_opinions.model_dump() == {
        "asked": 2, "confirmed": 1, "overruled": 1, "expired": 0,
    }  # fmt: skip
    assert (numbers.reports, numbers.sanctions) == (1, {"warning": 1})
    assert numbers.median_delay_s is not None


def test_a_commune_is_the_sum_of_its_sittings(sitting, history):
    other = a_sitting("ended")
    assert figures([sitting, other]) == figures([sitting])
    assert figures([other]).received == figures([]).received == 0


def test_decisions_carry_the_role_and_the_digest_of_their_entry(sitting, history):
    rows = log.decisions(sitting)
    entries = {entry.seq: entry for entry in sitting.timeline.entries.all()}
    assert len(rows) > 10
    for row in rows:
        assert entries[row.seq].digest == row.digest
        assert entries[row.seq].actor_role == row.role
        if row.question is not None:
            assert entries[row.seq].key == f"review/{row.question}"
    merged = next(row for row in rows if row.what == "merge")
    assert (merged.question, merged.target) == (history["merged"], history["answered"])


def test_anybody_can_check_the_chain_from_the_table_alone(client, sitting, history):
    address = reverse("sitting_chain", args=[sitting.commune.slug, sitting.slug])
    text = client.get(address).content.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    sitting.timeline.refresh_from_db()
    assert len(lines) == sitting.timeline.seq
    previous = ""
    for line in lines:
        said = [line[name] for name in ("seq", "at_us", "kind", "key", "commitment")]
        text = "\n".join([previous, *said])
        assert hashlib.sha256(text.encode()).hexdigest() == line["digest"]
        previous = line["digest"]
    assert previous == sitting.timeline.head


def verified(*tables) -> tuple[int, str]:
    """What the program that the report offers makes of tables: its status, and what it says."""
    program = settings.BASE_DIR / "frontend/static/verifier.py"
    done = subprocess.run(
        [sys.executable, program, *tables], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def test_the_program_that_the_report_offers_finds_what_was_changed(
    client, sitting, history, tmp_path
):
    slugs = [sitting.commune.slug, sitting.slug]
    chain, decisions = tmp_path / "empreintes.csv", tmp_path / "decisions.csv"
    for name, table in (("sitting_chain", chain), ("sitting_decisions", decisions)):
        table.write_bytes(client.get(reverse(name, args=slugs)).content)
    sitting.timeline.refresh_from_db()
    status, said = verified(chain, decisions)
    assert (status, sitting.timeline.head in said) == (0, True)

    honest = decisions.read_text("utf-8-sig")
    decisions.write_text(honest.replace(";moderator;", ";host;", 1), "utf-8-sig")
    assert verified(chain, decisions)[0] == 1
    whole = chain.read_text("utf-8-sig").splitlines(keepends=True)
    for tampered in (
        [*whole[:3], *whole[4:]],
        [line.replace("question.approved", "question.highlighted") for line in whole],
    ):
        chain.write_text("".join(tampered), "utf-8-sig")
        status, said = verified(chain)
        assert status == 1
        assert "Broken at line" in said


def test_no_name_and_no_refused_text_is_shown_anywhere(client, sitting, history):
    slugs = [sitting.commune.slug, sitting.slug]
    addresses = [
        reverse(name, args=slugs)
        for name in ("sitting_report", "sitting_decisions", "sitting_chain")
    ]
    addresses += [
        reverse(name, args=slugs[:1]) for name in ("commune_report", "commune_report_csv")
    ]
    addresses += [
        f"/api/v1/sittings/{sitting.pk}/transparency",
        f"/api/v1/communes/{sitting.commune.slug}/transparency",
    ]
    names = Person.objects.values_list("display_name", "public_id")
    hidden = [word for pair in names for word in pair if word] + ["pagnes", "menti", "Réclame"]
    hidden = [word for word in hidden if word not in {"Maire", "Greffe"}]
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        text = b"".join(response) if response.streaming else response.content
        found = [word for word in hidden if word in text.decode()]
        assert not found, (address, found)


def test_the_page_is_read_in_french_and_says_the_figures(client, sitting, history):
    page = client.get(reverse("sitting_report", args=[sitting.commune.slug, sitting.slug]))
    text = page.content.decode()
    assert sitting.timeline.__class__.objects.get(pk=sitting.timeline_id).head in text
    assert '<dd class="numeral">9</dd>' in text


@pytest.mark.parametrize("state", ["draft", "scheduled", "cancelled"])
def test_there_is_no_report_of_what_has_not_taken_place(client, state):
    sitting = a_sitting(state)
    page = client.get(reverse("sitting_report", args=[sitting.commune.slug, sitting.slug]))
    assert page.status_code == 404


def test_a_rehearsal_has_no_report(client):
    sitting = a_sitting(rehearsal=True)
    page = client.get(reverse("sitting_report", args=[sitting.commune.slug, sitting.slug]))
    assert page.status_code == 404
    assert client.get(f"/api/v1/sittings/{sitting.pk}/transparency").status_code == 404
    report = client.get(f"/api/v1/communes/{sitting.commune.slug}/transparency").json()
    assert report["sittings"] == []


def test_a_title_cannot_be_run_as_a_formula(client):
    sitting = a_sitting("ended", title="=HYPERLINK(1)")
    text = client.get(reverse("commune_report_csv", args=[sitting.commune.slug])).content.decode()
    assert ";'=HYPERLINK(1);" in text


def test_staff_alone_are_given_the_list_of_colleagues(client, sitting, moderator):
    address = f"/api/v1/sittings/{sitting.pk}/staff"
    assert client.get(address).status_code == 401
    client.force_login(a_person("Codjo"))
    assert client.get(address).status_code == 403
    client.force_login(a_person("D'ailleurs", "admin", commune=a_commune("porto-novo")))
    assert client.get(address).status_code == 403
    client.force_login(Person.objects.get(pk=moderator.person))
    names = [one["name"] for one in client.get(address).json()]
    assert names == ["Sika"]


def test_figures_of_a_sitting_that_goes_on(sitting, moderator, ask):
    ask("Et le port ?")
    numbers = figures([sitting])
    assert (numbers.pending, numbers.received, numbers.median_delay_s) == (1, 1, None)
    assert context(sitting, None).person_id is None
