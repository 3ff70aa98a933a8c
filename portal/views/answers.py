"""What a commune's staff still owes: answers in writing, promised at the end of a sitting or by
whoever the question was forwarded to."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from communes.models import RoleName
from communes.permissions import communes_of, roles_in
from consultations.actions.question_states import PUBLISHED
from consultations.models import Question, QuestionState
from consultations.protocol import AnswerInWriting
from consultations.protocol.questions import ANSWER_MAX
from live.actions.context import Context
from live.delivery.writer import perform
from live.protocol.errors import Refused
from live.transport.wording import message
from moderation.actions.answers import answer_in_writing
from portal.access import Viewer

#: Published and without an answer, so far.
OWED = (PUBLISHED | {QuestionState.NOT_REACHED}) - {QuestionState.ANSWERED}
ANSWERING = frozenset({RoleName.HOST.value, RoleName.CLERK.value})


class AnswerForm(forms.Form):
    """An answer, and who gives it."""

    text = forms.CharField(
        label=_("Answer"),
        max_length=ANSWER_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write the answer.")},
    )
    official = forms.CharField(
        label=_("Name and office of whoever answers"), max_length=120, required=False
    )


@dataclass(frozen=True)
class Owed:
    """A question that waits for an answer in writing."""

    question: Question
    form: AnswerForm
    late: bool


def owed_to(viewer: Viewer) -> QuerySet[Question]:
    """The questions that this person is to answer: as host or clerk of their communes, or because
    they were asked to. Those due first come first."""
    communes = [commune for commune in communes_of(viewer) if roles_in(viewer, commune) & ANSWERING]
    mine = Q(sitting__commune__in=communes) | Q(forwarded_person=viewer.pk)
    return (
        Question.objects.filter(mine, answer_due__isnull=False, state__in=OWED)
        .filter(published_at__isnull=False, sitting__rehearsal=False)
        .select_related("sitting__commune")
        .order_by("answer_due", "-supports", "pk")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: HttpRequest) -> HttpResponseBase:
    """The list, with a form for each; answering one publishes the answer."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    questions = list(owed_to(request.user))
    if not questions and not communes_of(request.user):
        raise PermissionDenied
    answered: AnswerForm | None = None
    number = request.POST.get("question", "")
    if request.method == "POST":
        question = next((one for one in questions if str(one.pk) == number), None)
        if question is None:
            raise Http404
        answered = AnswerForm(request.POST, prefix=number)
        if answered.is_valid() and _answer(request, question, answered):
            messages.success(request, _("The answer is published."))
            return redirect("answers")
    now = timezone.now()
    return render(
        request,
        "commitments/answers.html",
        {
            "owed": [
                Owed(
                    one,
                    answered
                    if answered is not None and str(one.pk) == number
                    else AnswerForm(prefix=str(one.pk)),
                    one.answer_due is not None and one.answer_due < now,
                )
                for one in questions
            ],
        },
        status=422 if answered is not None else 200,
    )


def _answer(request: HttpRequest, question: Question, form: AnswerForm) -> bool:
    person = request.user
    if not person.is_authenticated:
        return False
    context = Context(
        question.sitting_id,
        person.pk,
        person.display_name,
        roles_in(person, question.sitting.commune),
    )
    wanted = AnswerInWriting(question=question.pk, **form.cleaned_data)
    try:
        perform(lambda: answer_in_writing(context, wanted))
    except Refused as refused:
        form.add_error("text", message(refused, get_language() or "fr"))
        return False
    return True
