"""A question that came, or was edited: what the filters notice, and which others it resembles."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from consultations.models import Question
from live.models import SittingKind
from live.timeline.append import SYSTEM, append
from moderation import similarity
from moderation.models import WordList
from moderation.protocol import ABOUT_HOST, GroupState

from . import filters
from .risk import risk_of

#: More questions of one person than this within this time are a flood.
FLOOD, FLOOD_WITHIN = 3, timedelta(minutes=10)
#: An account younger than this is new.
NEW_WITHIN = timedelta(minutes=10)
#: Characters of an excerpt.
EXCERPT = 80

Flag = dict[str, Any]


def screen(question: Question) -> None:
    """Set flags and risk of a question whose row exists, which the caller saves; index it, and
    say which groups of near duplicates that changes."""
    kept = [flag for flag in question.flags if flag["code"] == "reported"]
    question.flags = [*_of_text(question), *_of_author(question), *kept]
    question.risk = risk_of(question.flags, question.reports)
    for group in similarity.place(question):
        _tell_group(question.sitting.timeline_id, group)


def _tell_group(timeline_id: str, group: int) -> None:
    members = similarity.members(group)
    state = GroupState(id=group, questions=members) if len(members) > 1 else None
    append(timeline_id, "group.changed", f"group/{group}", state, SYSTEM)


def _of_text(question: Question) -> list[Flag]:
    found = of_text(question.text, question.sitting.commune_id)
    if question.sitting.kind == SittingKind.HEARING:
        found += about_management(question.text)
    return found


def about_management(text: str) -> list[Flag]:
    """Whether a text seems to criticise the management of those to whom it is said."""
    reproach = filters.reproaches(text)
    return [] if reproach is None else [_flag(ABOUT_HOST, reproach)]


def of_text(text: str, commune_id: int) -> list[Flag]:
    """What the filters notice in any text of a citizen."""
    found = [_flag("word", word) for word in filters.listed(text, words_of(commune_id))]
    found += [_flag("phone", number) for number in filters.phones(text)]
    found += [_flag("email", address) for address in filters.emails(text)]
    found += [_flag("link", address) for address in filters.links(text)]
    if filters.shouts(text):
        found.append(_flag("capitals", ""))
    return found


def _of_author(question: Question) -> list[Flag]:
    author = question.author
    if author is None:
        return []
    found = []
    since = question.submitted_at - FLOOD_WITHIN
    recent = Question.objects.filter(
        sitting=question.sitting_id, author=author, submitted_at__gte=since
    )
    count = recent.count()
    if count > FLOOD:
        found.append(_flag("flood", str(count)))
    if timezone.now() - author.joined_at < NEW_WITHIN:
        found.append(_flag("new_account", ""))
    return found


def words_of(commune_id: int) -> frozenset[str]:
    """The word lists that hold in a commune: those that come with the software,
    and what the commune adds to them and takes out."""
    own = dict(WordList.objects.filter(commune=commune_id).values_list("language", "words"))
    words: set[str] = set()
    for language in {*filters.languages(), *own}:
        theirs = filters.built_in(language) if language in filters.languages() else ()
        words |= filters.word_set((*theirs, *own.get(language, "").splitlines()))
    return frozenset(words)


def _flag(code: str, excerpt: str) -> Flag:
    return {"code": code, "excerpt": excerpt[:EXCERPT]}
