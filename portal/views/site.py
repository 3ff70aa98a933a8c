"""Pages and settings of the site itself."""

from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils._os import safe_join
from django.utils.translation import check_for_language
from django.views import i18n
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST

from communes.arms import emblem
from communes.models import Person
from communes.pictures import BadPicture


def privacy(request: HttpRequest) -> HttpResponse:
    """What is stored, why and for how long (Code du numérique, loi 2017-20, book V)."""
    return render(request, "portal/privacy.html")


@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Remember the language in a cookie, and for whoever is signed in with the person too, so
    that messages to them are written in it."""
    code = request.POST.get("language", "")
    if request.user.is_authenticated and check_for_language(code):
        Person.objects.filter(pk=request.user.pk).exclude(language=code).update(language=code)
    return i18n.set_language(request)


@cache_control(max_age=24 * 3600, public=True)
def arms(request: HttpRequest, name: str) -> HttpResponse:
    """A commune's arms, small enough for a telephone. Nothing else of the uploads is public."""
    try:
        path = Path(safe_join(settings.MEDIA_ROOT / "arms", name))
        changed = path.stat().st_mtime_ns
        drawn = cache.get_or_set(f"arms/{name}/{changed}", lambda: emblem(path), timeout=24 * 3600)
    except (OSError, ValueError, SuspiciousFileOperation, BadPicture) as error:
        raise Http404 from error
    return HttpResponse(drawn, content_type="image/png")
