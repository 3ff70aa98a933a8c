"""Concerns before a sitting: on its agenda, or asked there as a question; and the answer given
there on video, which comes back to the concern."""

from django.conf import settings
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.models import Concern, ConcernReferral, ConcernState, Question, QuestionState
from consultations.protocol import ReferConcern
from live.actions.agenda import AgendaDraft, set_agenda
from live.actions.context import Context, held
from live.actions.subjects import hold_timelines
from live.models import AgendaItem, Sitting, SittingState
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By

from . import notices
from .concern_states import OPEN, tell
from .concerns import SPEAKING, find
from .rules import rules_of
from .transitions import tell as tell_question

#: A sitting takes concerns up before it is over; what is not announced yet stays untold.
TAKING = frozenset({SittingState.SCHEDULED, SittingState.LIVE, SittingState.PAUSED})
#: Characters of an agenda point's title.
TITLE_MAX = 200


def refer(context: Context, wanted: ReferConcern) -> ConcernReferral:
    """Put a concern before a sitting of its commune. Those who follow are told."""
    sitting = held(wanted.sitting)
    concern = find(context, wanted.concern)
    _fits(sitting, concern)
    if concern.state not in OPEN:
        raise Refused(ErrorCode.WRONG_STATE, f"the concern is {concern.state}")
    if ConcernReferral.objects.filter(
        concern=concern, sitting=sitting, question__isnull=wanted.target == "agenda"
    ).exists():
        words = _("This sitting takes it up already.")
        raise Refused(ErrorCode.CONFLICT, "referred already", field="sitting", message=words)
    by = context.by(*SPEAKING)
    if wanted.target == "question":
        referral = _ask(concern, sitting, by)
    else:
        referral = _put_on_agenda(concern, sitting, by)
    tell(concern, "concern.referred", by)
    notices.concern_followers(concern, "referred")
    return referral


def _fits(sitting: Sitting, concern: Concern) -> None:
    if sitting.commune_id != concern.commune_id:
        words = _("This sitting is another commune's. Choose one of your own.")
        raise Refused(ErrorCode.INVALID, "another commune", field="sitting", message=words)
    if sitting.rehearsal or sitting.state not in TAKING:
        words = _("Choose a sitting that is announced or going on.")
        raise Refused(
            ErrorCode.WRONG_STATE, f"the sitting is {sitting.state}", field="sitting", message=words
        )


def _ask(concern: Concern, sitting: Sitting, by: By) -> ConcernReferral:
    """A published question of the sitting; it says from where it comes, and starts without
    supports: those were given to something else."""
    if not sitting.questions_open:
        raise Refused(ErrorCode.QUESTIONS_CLOSED, field="sitting")
    now = timezone.now()
    with translation.override(settings.LANGUAGE_CODE):
        origin = gettext("Concern no. {n}, {supports} supports").format(
            n=concern.pk, supports=concern.supports
        )
    question = Question.objects.create(
        sitting=sitting,
        signature=origin[:60],
        text=Truncator(" ".join(concern.text.split())).chars(rules_of(sitting).text_max),
        state=QuestionState.APPROVED,
        reviewed=True,
        submitted_at=now,
        published_at=now,
    )
    tell_question(question, "question.approved", by, review_kind="question.submitted")
    return ConcernReferral.objects.create(
        concern=concern, sitting=sitting, question=question, at=now
    )


def _put_on_agenda(concern: Concern, sitting: Sitting, by: By) -> ConcernReferral:
    """A point at the end of the agenda."""
    title = Truncator(" ".join(concern.text.split())).chars(TITLE_MAX - 30)
    with translation.override(settings.LANGUAGE_CODE):
        title = gettext("Concern no. {n}: {text}").format(n=concern.pk, text=title)
    drafts = [
        AgendaDraft(item.title, item.presenter, item.minutes, item.pk)
        for item in sitting.agenda.order_by("position", "pk")
    ]
    before = sitting.agenda.aggregate(last=Max("pk"))["last"] or 0
    set_agenda(sitting.pk, [*drafts, AgendaDraft(title[:TITLE_MAX])], by)
    item = AgendaItem.objects.get(sitting=sitting, pk__gt=before)
    return ConcernReferral.objects.create(
        concern=concern, sitting=sitting, agenda_item=item, at=timezone.now()
    )


def when_answered(question: Question, by: By) -> None:
    """A question was answered in its sitting: the concern from which it came says so, with the
    moment of the video."""
    referral = ConcernReferral.objects.filter(question=question).first()
    if referral is None:
        return
    concern = Concern.objects.get(pk=referral.concern_id)
    hold_timelines([concern.timeline_id])
    concern = Concern.objects.select_related("commune", "category", "arrondissement", "author").get(
        pk=concern.pk
    )
    referral.answered_at = question.answered_at
    referral.save(update_fields=["answered_at"])
    if concern.state != ConcernState.MERGED:
        tell(concern, "concern.answered", by)
        notices.concern_followers(concern, "video")
