"""Single-use sign-in links, made by operators for people who have no code yet."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from communes.models import Person, SignInLink

LIFETIME = timedelta(hours=24)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make(person: Person) -> tuple[str, SignInLink]:
    """A full address that signs `person` in, once, within 24 hours; and its row."""
    now = timezone.now()
    SignInLink.objects.filter(expires_at__lt=now).delete()
    token = secrets.token_urlsafe(32)
    link = SignInLink.objects.create(
        person=person, digest=_digest(token), expires_at=now + LIFETIME
    )
    return f"{settings.PUBLIC_URL}{reverse('link_signin', args=[token])}", link


def look(token: str) -> Person | None:
    """Whom a link would sign in; None for one that is unknown, used or expired. Uses nothing."""
    link = (
        SignInLink.objects.select_related("person")
        .filter(digest=_digest(token), expires_at__gt=timezone.now(), person__is_active=True)
        .first()
    )
    return link.person if link else None


def use(token: str) -> Person | None:
    """Whom a link signs in, and the link is gone; None like `look`. Of two uses one succeeds."""
    person = look(token)
    if person is None:
        return None
    deleted, _ = SignInLink.objects.filter(digest=_digest(token)).delete()
    return person if deleted else None
