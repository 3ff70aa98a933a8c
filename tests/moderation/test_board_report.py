"""The transparency report of concerns and comments."""

import csv
import io

import pytest
from django.urls import reverse

from communes.identity.erasure import erase
from communes.models import Person
from live.models import Entry
from live.timeline.digest import verify
from moderation.report.figures import board_figures
from moderation.report.log import board_decisions
from tests.consultations.concerning import (
    act,
)

from .deciding import REPROACH, One, board_act, claimed, expire
from .test_report import verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(commune, concern, sika, bio) -> dict[str, One]:
    found = {
        "refused": One("comment", concern, "Achetez mes pagnes, pas chers."),
        "expired": One("comment", concern, REPROACH, published=False),
        "confirmed": One("concern", concern, REPROACH),
    }
    found["refused"].do(sika, "reject", code="advertising")
    found["expired"].do(sika, "reject", code="insult")
    expire(commune)
    found["confirmed"].do(sika, "reject", code="insult")
    found["confirmed"].do(bio, "second", confirm=True)
    act(concern, sika, "concern.sanction", kind="warning", reason="Injures.")
    return found


def test_the_report_counts_everything_once_and_says_what_nobody_confirmed(commune, history):
    numbers = board_figures(commune)
    concerns, comments = numbers.concerns, numbers.comments
    assert (concerns.received, concerns.published, concerns.refused) == (2, 1, 1)
    assert (comments.received, comments.published, comments.refused) == (2, 1, 1)
    assert comments.refused_by == {"advertising": 1}
    assert comments.second_opinions.model_dump() == {
        "asked": 1, "confirmed": 0, "overruled": 0, "expired": 1,
    }  # fmt: skip
    assert concerns.second_opinions.confirmed == 1
    assert numbers.sanctions == {"warning": 1}
    assert concerns.median_delay_s is not None


def test_anybody_can_check_the_report_and_reads_no_name_in_it(client, commune, history, tmp_path):
    board = commune.concern_board
    rows = board_decisions(board)
    entries = {entry.seq: entry for entry in board.timeline.entries.all()}
    for row in rows:
        assert (entries[row.seq].digest, entries[row.seq].actor_role) == (row.digest, row.role)
    assert {row.what for row in rows} >= {"approve", "reject", "second", "expire",
                                          "sanction.issued"}  # fmt: skip
    files = []
    for name in ("concern_chain", "concern_decisions"):
        response = client.get(reverse(name, args=[commune.slug]))
        files.append(tmp_path / f"{name}.csv")
        files[-1].write_bytes(response.content)
    board.timeline.refresh_from_db()
    assert verified(*files)[0] == 0
    assert verify(board.timeline).broken_at is None
    pages = [
        client.get(reverse("concern_report", args=[commune.slug])).content.decode(),
        client.get(f"/api/v1/communes/{commune.slug}/concern-transparency").content.decode(),
        *(path.read_text("utf-8-sig") for path in files),
    ]
    assert all(pages) and board.timeline.head in pages[0]
    lines = list(csv.DictReader(io.StringIO(pages[3]), delimiter=";"))
    assert [line["concern"] for line in lines if line["what"] == "reject"][-1] == str(
        history["confirmed"].id
    )
    names = [name for name in Person.objects.values_list("display_name", flat=True) if name]
    for page in pages:
        assert not [word for word in (*names, "pagnes", "détourné") if word in page]
    assert client.get("/nulle-part/transparence/preoccupations/").status_code == 404


def test_who_deletes_the_account_is_named_nowhere(commune, concern, sika, bio):
    one = One("concern", concern, REPROACH)
    board_act(commune, sika, "review.claim", concerns=[one.id])
    one.do(sika, "reject", code="insult")
    board_act(commune, sika, "review.claim", concerns=[concern.pk])
    erase(sika)
    assert one.review["second_opinion"]["by_name"] == ""
    assert claimed(commune) == {}
    stood = Entry.objects.filter(timeline=commune.concern_board.timeline_id)
    assert not [entry.pk for entry in stood if "Sika" in str(entry.state)]
    commune.concern_board.timeline.refresh_from_db()
    assert verify(commune.concern_board.timeline).broken_at is None
