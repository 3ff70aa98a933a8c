"""What every template knows of the site and of who is looking."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from communes.permissions import is_staff


def site(request: HttpRequest) -> dict[str, Any]:
    """`demo`: the whole site is a demonstration; `public_url`: its address, no final slash;
    `at_work`: the person is staff somewhere; `here`: where to come back to after signing in."""
    user = getattr(request, "user", None)
    return {
        "demo": settings.DEMO,
        "public_url": settings.PUBLIC_URL,
        "media_origin": settings.MEDIA_SERVER_URL,
        "at_work": is_staff(user) if user is not None else False,
        "here": request.get_full_path(),
    }
