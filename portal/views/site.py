"""Pages and settings of the site itself."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import check_for_language
from django.views import i18n, static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST

from communes.models import Person


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
def arms(request: HttpRequest, name: str) -> HttpResponseBase:
    """A commune's arms. Nothing else of the uploads is public; nginx may serve it instead."""
    return static.serve(request, name, document_root=str(settings.MEDIA_ROOT / "arms"))
