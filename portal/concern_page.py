"""What the page of a concern shows and does without JavaScript, and what it hands to its island."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypedDict
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, Person, RoleName
from communes.permissions import STAFF, Roles
from consultations.actions.concern_states import TRANSITIONS, page_of, subject_of, why
from consultations.api.asking import address_of
from consultations.api.concern_doing import act
from consultations.commands.concerns import SPEAKING
from consultations.models import (
    Comment,
    CommentState,
    Concern,
    ConcernFollower,
    ConcernState,
    ConcernSupport,
)
from consultations.protocol import (
    AnswerConcern,
    CommentRef,
    ConcernFacts,
    ConcernRef,
    DecideComment,
    DecideConcern,
    MoveConcern,
    ReferConcern,
    RejectComment,
    RejectConcern,
    SubmitComment,
)
from live.protocol.base import Message
from live.protocol.errors import Refused
from live.protocol.frames import Stream
from live.timeline.read import entries_since
from moderation.protocol import ReportComment, ReportConcern
from portal.concern_forms import (
    AnswerForm,
    CommentForm,
    MoveForm,
    ReferForm,
    RejectForm,
    ReportForm,
)
from portal.islands import Me

MODERATING = frozenset({RoleName.MODERATOR.value})
MOVES = (
    ConcernState.TAKEN_UP,
    ConcernState.PLANNED,
    ConcernState.DONE,
    ConcernState.REFUSED,
)
HAPPENED: dict[str, Promise] = {
    "concern.published": _("Received by the commune"),
    "concern.received": _("Received by the commune"),
    "concern.taken_up": _("Taken up"),
    "concern.planned": _("Planned"),
    "concern.done": _("Settled"),
    "concern.refused": _("Declined"),
    "concern.referred": _("Goes before a sitting"),
    "concern.answered": _("Answered in a sitting"),
    "concern.related": _("Joined by another like it"),
}


@dataclass(frozen=True)
class Happening:
    """One line of a concern's history."""

    at: datetime
    what: Promise
    by: str
    state: ConcernFacts
    kind: str


@dataclass
class Said:
    """A comment as the page shows it."""

    comment: Comment
    mine: bool
    why: str
    replies: list["Said"] = field(default_factory=list)


def happened(concern: Concern) -> list[Happening]:
    """What became of it, oldest first. What was erased, or taken back for a while, is not told."""
    roles = dict(RoleName.choices)
    return [
        Happening(
            at=datetime.fromtimestamp(entry.at / 1000, tz=UTC),
            what=HAPPENED[entry.kind],
            by=str(roles.get(entry.actor, "")),
            state=ConcernFacts.model_validate(entry.state),
            kind=entry.kind,
        )
        for entry in entries_since(concern.timeline_id, 0, Stream.PUBLIC)
        if entry.kind in HAPPENED and entry.state is not None
    ]


def discussion_of(concern: Concern, person: Person | None) -> list[Said]:
    """What everyone may read, and one's own that waits or was not published; the oldest first."""
    rows = concern.discussion.select_related("author").order_by("submitted_at", "pk")
    found: dict[int, Said] = {}
    for comment in rows:
        mine = person is not None and comment.author_id == person.pk
        public = comment.state == CommentState.PUBLISHED
        if public or (mine and comment.state != CommentState.WITHDRAWN):
            said = Said(comment, mine, "" if public else why(comment.code, comment.note))
            found[comment.pk] = said
    top: list[Said] = []
    for said in found.values():
        parent = found.get(said.comment.parent_id or 0)
        (parent.replies if parent else top).append(said)
    return top


def offices_of(commune: Commune) -> list[str]:
    """For whom one may speak: who holds office now."""
    today = timezone.localdate()
    return [
        ", ".join(part for part in (row.holder, str(row.get_kind_display()), row.remit) if part)
        for row in commune.offices.filter(starts_on__lte=today)
        if row.ends_on is None or row.ends_on >= today
    ]


def staff_part(concern: Concern, person: Person | None, roles: Roles) -> dict[str, Any]:
    """What this person may do, beyond reading."""
    mine = {"concern": concern, "person": person}
    return {
        "supported": person is not None and ConcernSupport.objects.filter(**mine).exists(),
        "followed": person is not None and ConcernFollower.objects.filter(**mine).exists(),
        "own": person is not None and concern.author_id == person.pk,
        "withdrawable": concern.state in TRANSITIONS[ConcernState.WITHDRAWN],
        "speaks": bool(roles & SPEAKING),
        "moderates": bool(roles & MODERATING),
        "staff": bool(roles & STAFF),
        "offices": offices_of(concern.commune) if roles & SPEAKING else [],
        "why": why(concern.code, concern.note) if concern.state == "rejected" else "",
    }


# ── forms ─────────────────────────────────────────────────────────────────────────────────────


class PageForms:
    """The forms of the page, empty or as they were posted. Templates read `bound[…]`'s names."""

    def __init__(self, concern: Concern) -> None:
        moves = [(m.value, m.label) for m in MOVES if concern.state in TRANSITIONS[m]]
        office = {"office": concern.office}
        self.comment: forms.Form = CommentForm()
        self.reply: forms.Form = CommentForm(auto_id="reply_%s")
        self.answer: forms.Form = AnswerForm(initial=office, auto_id="answer_%s")
        self.move: forms.Form = MoveForm(moves, initial=office, auto_id="move_%s")
        self.refer: forms.Form = ReferForm(concern.commune)
        self.report: forms.Form = ReportForm()
        self.reject: forms.Form = RejectForm(auto_id="reject_%s")
        self.moves = moves
        self._make: dict[str, Callable[[Any], forms.Form]] = {
            "comment": CommentForm,
            "reply": lambda data: CommentForm(data, auto_id="reply_%s"),
            "answer": lambda data: AnswerForm(data, auto_id="answer_%s"),
            "move": lambda data: MoveForm(moves, data, auto_id="move_%s"),
            "refer": lambda data: ReferForm(concern.commune, data),
            "report": ReportForm,
            "reject": lambda data: RejectForm(data, auto_id="reject_%s"),
        }

    def bind(self, name: str, data: Any) -> forms.Form:
        form = self._make[name](data)
        setattr(self, name, form)
        return form

    def blame(self, do: str, refused: Refused, text: str) -> bool:
        """Show a refusal at the field it speaks of, with what was typed kept. False where no form
        of the page was posted."""
        form: forms.Form | None = getattr(self, FORMS.get(do, ""), None)
        if form is None or not form.is_bound:
            return False
        known = refused.field in form.fields
        form.add_error(refused.field if known else None, text)
        return True


#: Which form a button posts; the others post no more than themselves.
FORMS = {
    "comment": "comment",
    "reply": "reply",
    "answer": "answer",
    "move": "move",
    "refer": "refer",
    "report": "report",
    "report_comment": "report",
    "reject": "reject",
    "reject_comment": "reject",
}

Make = Callable[[int, int, dict[str, Any]], Message]
#: Button -> command, its arguments made from (concern, comment, fields), what is said when done.
DOES: dict[str, tuple[str, Make, Promise | str]] = {
    "support": ("concern.support", lambda c, n, f: ConcernRef(concern=c), ""),
    "unsupport": ("concern.unsupport", lambda c, n, f: ConcernRef(concern=c), ""),
    "follow": ("concern.follow", lambda c, n, f: ConcernRef(concern=c), ""),
    "unfollow": ("concern.unfollow", lambda c, n, f: ConcernRef(concern=c), ""),
    "withdraw": (
        "concern.withdraw",
        lambda c, n, f: ConcernRef(concern=c),
        _("Your concern is withdrawn."),
    ),
    "comment": ("comment.submit", lambda c, n, f: SubmitComment(concern=c, **f), ""),
    "reply": (
        "comment.submit",
        lambda c, n, f: SubmitComment(concern=c, parent=n, **f),
        "",
    ),
    "withdraw_comment": ("comment.withdraw", lambda c, n, f: CommentRef(comment=n), ""),
    "report": (
        "concern.report",
        lambda c, n, f: ReportConcern(concern=c, **f),
        _("Thank you. Moderators look at it again; it stays until they decide."),
    ),
    "report_comment": (
        "comment.report",
        lambda c, n, f: ReportComment(comment=n, **f),
        _("Thank you. Moderators look at it again; it stays until they decide."),
    ),
    "answer": (
        "concern.answer",
        lambda c, n, f: AnswerConcern(concern=c, parent=n or None, **f),
        _("The answer is published, and those who follow it are told."),
    ),
    "move": (
        "concern.move",
        lambda c, n, f: MoveConcern.model_validate({"concern": c, **f}),
        _("It is published, and those who follow it are told."),
    ),
    "refer": (
        "concern.refer",
        lambda c, n, f: ReferConcern.model_validate({"concern": c, **f}),
        _("It is before the sitting, and those who follow it are told."),
    ),
    "approve": ("concern.approve", lambda c, n, f: DecideConcern(concern=c), _("Published.")),
    "reject": (
        "concern.reject",
        lambda c, n, f: RejectConcern(concern=c, **f),
        _("It is not public. Its author reads why."),
    ),
    "approve_comment": ("comment.approve", lambda c, n, f: DecideComment(comment=n), ""),
    "reject_comment": (
        "comment.reject",
        lambda c, n, f: RejectComment(comment=n, **f),
        _("It is not public. Its author reads why."),
    ),
}


def do(
    request: HttpRequest, concern: Concern, person: Person, name: str, page: PageForms
) -> Promise | str | None:
    """Do what a button says; what to tell when it is done, None when its form needs attention.
    Raises `Refused`."""
    command, make, said = DOES[name]
    fields: dict[str, Any] = {}
    if name in FORMS:
        form = page.bind(FORMS[name], request.POST)
        if not form.is_valid():
            return None
        fields = form.cleaned_data
    number = request.POST.get("comment", "")
    comment = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 0
    args = make(concern.pk, comment, fields)
    done = act(person, subject_of(concern), command, args, address_of(request))
    if done.result.get("second_opinion"):
        return _("Another moderator must confirm it. It stays as it is until then.")
    if command == "comment.submit" and done.result["state"] == CommentState.PENDING:
        return _("Thank you. A moderator reads it before it appears.")
    return said


# ── the island ────────────────────────────────────────────────────────────────────────────────


class ConcernProps(TypedDict):
    concern: int
    me: Me | None
    urls: dict[str, str]
    language: str
    offices: list[str]
    sittings: list[dict[str, str]]
    history: list[dict[str, Any]]


def concern_props(request: HttpRequest, concern: Concern, roles: Roles) -> ConcernProps:
    """The props of the island `concern` (`frontend/src/islands/concern/props.ts`)."""
    person = request.user if request.user.is_authenticated else None
    scheme = "wss" if request.is_secure() else "ws"
    api = f"/api/v1/concerns/{concern.pk}"
    urls = {
        "page": page_of(concern),
        "ws": f"{scheme}://{request.get_host()}/ws/concerns/{concern.pk}/",
        "timeline": f"{api}/timeline",
    }
    if person is None:
        urls["signin"] = f"{reverse('signin')}?{urlencode({'next': request.get_full_path()})}"
    else:
        get_token(request)
        urls |= {"ticket": f"{api}/ticket", "push": "/api/v1/me/push"}
    speaks = bool(roles & SPEAKING)
    sittings = ReferForm(concern.commune).fields["sitting"].choices if speaks else []  # type: ignore[attr-defined]
    return {
        "concern": concern.pk,
        "me": None
        if person is None
        else {"id": person.public_id, "name": person.display_name, "roles": sorted(roles)},
        "urls": urls,
        "language": (get_language() or settings.LANGUAGE_CODE)[:2],
        "offices": offices_of(concern.commune) if speaks else [],
        "sittings": [{"id": str(key), "title": str(label)} for key, label in sittings],
        "history": [
            entry.model_dump(mode="json")
            for entry in entries_since(concern.timeline_id, 0, Stream.PUBLIC)
            if entry.kind in HAPPENED and entry.state is not None
        ],
    }
