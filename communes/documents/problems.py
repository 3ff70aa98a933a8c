"""Why a file or a change is not taken; the code goes to programs, the words to people."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Problem(StrEnum):
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN_TYPE = "unknown_type"
    NOT_A_PDF = "not_a_pdf"
    LOCKED = "locked"
    DAMAGED = "damaged"
    BOMB = "bomb"
    TOO_MANY_PIXELS = "too_many_pixels"
    SAME_FILE = "same_file"
    CHANGED = "changed"
    NOT_A_DRAFT = "not_a_draft"
    OFFSET = "offset"


WORDS: dict[Problem, Promise] = {
    Problem.EMPTY: _("The file is empty."),
    Problem.TOO_LARGE: _("The file has %(size)s MB; at most %(most)s MB can be published."),
    Problem.UNKNOWN_TYPE: _(
        "This kind of file is not published: give a PDF, a picture (JPEG, PNG, WebP), a text, a"
        " table (CSV) or an office document."
    ),
    Problem.NOT_A_PDF: _("The file is called a PDF but is none, or it is damaged."),
    Problem.LOCKED: _("The PDF wants a password: save it without one first."),
    Problem.DAMAGED: _("The file is damaged: it cannot be opened."),
    Problem.BOMB: _("The file grows too much when it is opened, so it is refused."),
    Problem.TOO_MANY_PIXELS: _(
        "The picture has %(pixels)s million pixels; at most %(most)s million can be opened."
    ),
    Problem.SAME_FILE: _("This very file is there already: “%(title)s”."),
    Problem.CHANGED: _(
        "Somebody else has changed this document meanwhile. What you typed is kept below; compare"
        " it with the present state, then save again."
    ),
    Problem.NOT_A_DRAFT: _("What was published is not deleted: withdraw it instead."),
    Problem.OFFSET: _("The upload is at another place: ask where, and go on from there."),
}


class Unfit(Exception):
    """A file or a change that is not taken. `values` fill the words; `document` is the one that is
    there already."""

    def __init__(self, problem: Problem, document: int | None = None, **values: str | int) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.document = document
        self.values = values

    @property
    def words(self) -> str:
        return str(WORDS[self.problem]) % self.values
