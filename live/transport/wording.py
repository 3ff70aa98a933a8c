"""What people are told when something is refused."""

import math

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from live.protocol.errors import ErrorCode, Refused

MESSAGES = {
    ErrorCode.MALFORMED: _("The message could not be read."),
    ErrorCode.UNKNOWN_COMMAND: _("This command is not known. Reload the page."),
    ErrorCode.INVALID: _("Please check what you entered."),
    ErrorCode.TOO_LARGE: _("The message is too long."),
    ErrorCode.TOO_OFTEN: _("You have sent a lot at once. Please wait a moment."),
    ErrorCode.BUSY: _("Many people are taking part right now. Please try again in a moment."),
    ErrorCode.SIGN_IN: _("Please sign in to take part."),
    ErrorCode.FORBIDDEN: _("You are not allowed to do this."),
    ErrorCode.NOT_FOUND: _("This does not exist, or no longer does."),
    ErrorCode.WRONG_STATE: _("This is not possible at this point of the sitting."),
    ErrorCode.CONFLICT: _("Somebody else has just changed this."),
    ErrorCode.ALREADY_VOTED: _("You have already voted; your vote is counted."),
    ErrorCode.QUESTIONS_CLOSED: _("Questions are closed."),
    ErrorCode.POLL_CLOSED: _("This vote is closed."),
    ErrorCode.CLOSED_DOORS: _("The sitting is behind closed doors."),
    ErrorCode.SANCTIONED: _("A moderator has excluded you from this for now."),
    ErrorCode.NOT_LISTED: _("This is for people on the commune's list."),
    ErrorCode.NOT_IN_HALL: _("This is for people in the hall. Enter the code that is shown there."),
    ErrorCode.WRONG_CODE: _("This is not the code that is shown in the hall now."),
    ErrorCode.EXPIRED: _("Your connection has expired. It is being renewed."),
    ErrorCode.INTERNAL: _("Something went wrong on our side. Nothing was kept; please try again."),
}


def message(refused: Refused, language: str) -> str:
    """The message of a refusal, in the person's language."""
    with translation.override(language):
        if refused.message is not None:
            return str(refused.message)
        if refused.code is ErrorCode.TOO_OFTEN and refused.retry_after:
            seconds = math.ceil(refused.retry_after)
            return ngettext(
                "You have sent a lot at once. Please wait %(seconds)d second.",
                "You have sent a lot at once. Please wait %(seconds)d seconds.",
                seconds,
            ) % {"seconds": seconds}
        return str(MESSAGES[refused.code])
