"""Telling those who follow a concern what became of it, in the background."""

from django.conf import settings
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django_tasks import task

from communes.days import written
from communes.models import Person
from consultations.models import Comment, Concern, ConcernFollower, ConcernState
from consultations.sending.notice import Notice
from consultations.sending.stopping import Subscription

from .telling import tell


@task()
def tell_concern_followers(
    concern_id: int, what: str, comment_id: int | None, since: str | None = None
) -> int:
    """Tell everyone who follows a concern; what they themselves said is no news to them, and what
    was taken back or overtaken meanwhile is none at all: `since` is when it changed. Returns how
    many were told."""
    concern = Concern.objects.select_related("commune", "merged_into").get(pk=concern_id)
    if since is not None and since != concern.changed_at.isoformat():
        return 0
    said = Comment.objects.filter(pk=comment_id).first() if comment_id is not None else None
    followers = ConcernFollower.objects.filter(concern=concern).select_related("person")
    if said is not None and said.author_id is not None:
        followers = followers.exclude(person=said.author_id)
    told = 0
    for follower in followers.order_by("pk"):
        told += tell(follower.person, lambda person: concern_notice(concern, what, said, person))
    return told


def concern_notice(concern: Concern, what: str, said: Comment | None, person: Person) -> Notice:
    """What became of a concern."""
    sentences = {
        "answer": _("The commune answers a concern"),
        "published": _("Your concern is published"),
        "merged": _("A concern was joined to another like it"),
        "referred": _("A concern goes before a sitting"),
        "video": _("A concern was answered in a sitting"),
    }
    states = {
        ConcernState.TAKEN_UP: _("A concern is taken up"),
        ConcernState.PLANNED: _("A concern is planned"),
        ConcernState.DONE: _("A concern is said to be settled"),
        ConcernState.REFUSED: _("A concern is declined"),
        ConcernState.RECEIVED: _("A concern is received"),
    }
    title = sentences.get(what) or states.get(ConcernState(concern.state)) or _("A concern")
    lines = [f"“{Truncator(' '.join(concern.text.split())).chars(120)}”"]
    if what == "state":
        lines += [concern.office] if concern.office else []
        if concern.due_on is not None:
            day = written(concern.due_on)
            lines.append(_("by {day}").format(day=day))
        lines += ["", concern.note] if concern.note else []
    elif said is not None:
        lines += [said.office, "", said.text]
    return Notice(
        title=f"{concern.commune.name} · {title}",
        body="\n".join(lines),
        url=f"{settings.PUBLIC_URL}/{concern.commune.slug}/preoccupations/{concern.pk}/",
        stop_url=Subscription("concern", str(concern.pk), person.pk).url,
        tag=f"concern-{concern.pk}",
    )
