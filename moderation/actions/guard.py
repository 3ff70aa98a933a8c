"""The conflict guard: who answers to citizens does not choose alone what they may ask.

Where the rules of a sitting say so (hearings: by default), one moderator can refuse alone only
for a reason that anybody could check, and only what does not criticise those who answer. Any
other refusal waits for a second moderator, and when none comes in time the question is published.
"""

from consultations.models import Question, ReasonCode
from consultations.protocol import RulesState
from moderation.protocol import ABOUT_HOST

#: Reasons that anybody could check.
OBJECTIVE = frozenset(
    {
        ReasonCode.DUPLICATE,
        ReasonCode.PERSONAL_DATA,
        ReasonCode.INSULT,
        ReasonCode.ADVERTISING,
        ReasonCode.UNREADABLE,
    }
)


def about_host(question: Question) -> bool:
    """Whether a question criticises the management of those who answer: a moderator says so, or
    the filter thinks so."""
    noticed = any(flag["code"] == ABOUT_HOST for flag in question.flags)
    return noticed or ABOUT_HOST in question.labels


def needs_second(question: Question, rules: RulesState, code: str) -> bool:
    """Whether refusing this question for this reason takes two moderators."""
    return rules.second_opinion and (code not in OBJECTIVE or about_host(question))
