"""The pictures of a recording: for whoever may see it, and gone when it is."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from live.models import Recording, Sitting
from portal.access import find_sitting, is_public
from portal.archiving import archived_still
from portal.stills import FILE, path_of, still_url

#: Short, so that what is purged leaves caches within the hour.
AGE_S = 3600
TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}


@require_safe
def still(
    request: HttpRequest, commune: str, slug: str, version: str, name: str
) -> HttpResponseBase:
    """The poster, or a sheet of thumbnails."""
    sitting, recording = _found(request, commune, slug, version)
    path = path_of(sitting.pk, recording.stills["name"], name)
    if not FILE.fullmatch(name):
        raise Http404
    if default_storage.exists(path):
        picture = default_storage.open(path, "rb")
    elif (data := archived_still(recording, name)) is not None:
        picture = ContentFile(data)
    else:
        raise Http404
    answer = FileResponse(picture, content_type=TYPES[name.rpartition(".")[2]])
    return _kept(answer, sitting)


@require_safe
def storyboard(request: HttpRequest, commune: str, slug: str, version: str) -> HttpResponseBase:
    """Which thumbnail is where: the one of a second is number `second // every`, and stands on
    sheet `number // per_sheet`, row by row."""
    sitting, recording = _found(request, commune, slug, version)
    index = {key: value for key, value in recording.stills.items() if key != "name"}
    sheets = -(-index["count"] // index["per_sheet"])
    index["sheets"] = [
        still_url(sitting, recording, f"sheet-{number}.webp") for number in range(sheets)
    ]
    return _kept(JsonResponse(index), sitting)


def _found(
    request: HttpRequest, commune: str, slug: str, version: str
) -> tuple[Sitting, Recording]:
    sitting, _roles = find_sitting(request.user, commune, slug)
    recording = Recording.objects.filter(sitting=sitting).first()
    if recording is None or sitting.rehearsal or recording.stills.get("name") != version:
        raise Http404
    return sitting, recording


def _kept(answer: HttpResponseBase, sitting: Sitting) -> HttpResponseBase:
    audience = {"public": True} if is_public(sitting) else {"private": True}
    patch_cache_control(answer, max_age=AGE_S if is_public(sitting) else 0, **audience)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
