"""Rows that are about a question, a concern or a comment: exactly one of them."""

from django.db import models

#: The fields, one of which is set; also what `moderation` calls each of the three.
ABOUT = ("question", "concern", "comment")


def about_one(name: str) -> models.CheckConstraint:
    """The constraint that says so."""
    alternatives = models.Q()
    for given in reversed(ABOUT):
        none = dict.fromkeys(one for one in ABOUT if one != given)
        alternatives |= models.Q(**none, **{f"{given}__isnull": False})
    return models.CheckConstraint(condition=alternatives, name=name)
