"""Citizens' reports of published questions: they raise the risk, they hide nothing."""

from consultations.actions import hooks
from consultations.actions.question_states import is_published
from consultations.actions.questions import find
from consultations.actions.transitions import tell_staff
from consultations.models import Question
from consultations.text import tidy
from live.actions.context import Context
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By
from moderation.models import Report
from moderation.protocol import ReportQuestion
from moderation.screening.risk import with_reports


def report(context: Context, args: ReportQuestion) -> Question:
    """Say that a published question should not be there; once per person, again changes
    nothing. The entry does not say who."""
    question = find(context, args.question)
    if not is_published(question):
        raise Refused(ErrorCode.NOT_FOUND, f"question {args.question} is not published")
    if question.author_id == context.person:
        raise Refused(ErrorCode.FORBIDDEN, "one's own question")
    hooks.check("submit", context)
    _, new = Report.objects.get_or_create(
        question=question,
        person_id=context.person,
        defaults={"code": args.code, "text": tidy(args.text)},
    )
    if new:
        question.reports += 1
        question.flags, question.risk = with_reports(question.flags, question.reports, args.code)
        question.save(update_fields=["reports", "flags", "risk"])
        tell_staff(question, "question.reported", By("citizen"))
    return question
