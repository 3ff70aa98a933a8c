"""A commune's documents, for everyone: the list, a page for each, the files and a feed."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from communes.actions.revisions import changed_at
from communes.documents.reading import WIDTHS, local_path, page_picture, shows_pages
from communes.models import Commune, Document, DocumentKind, DocumentVersion, RevisionOf, RoleName
from communes.permissions import roles_in
from portal.access import Viewer
from portal.islands import absolute

PER_PAGE = 30
FEED_ENTRIES = 40
WRITER = RoleName.CLERK
#: What a browser may open by itself; everything else is saved.
INLINE = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})
#: No script, no frame, nothing from anywhere, whatever a browser makes of the file.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; img-src 'self'"

_VERSIONS = Prefetch("versions", queryset=DocumentVersion.objects.defer("text").order_by("-number"))


def public_documents(commune: Commune | None = None) -> QuerySet[Document]:
    """What anyone may see, with the versions, the newest year first."""
    documents = Document.objects.public().select_related("commune").prefetch_related(_VERSIONS)
    return documents if commune is None else documents.filter(commune=commune)


def find_document(viewer: Viewer, commune: str, number: int) -> Document:
    """A document that this person may see: drafts are for those who write them.

    Raises `Http404`.
    """
    document = get_object_or_404(
        Document.objects.select_related("commune").prefetch_related(_VERSIONS),
        commune__slug=commune,
        pk=number,
    )
    if not document.is_public and WRITER not in roles_in(viewer, document.commune):
        raise Http404
    return document


def _filters(values: Mapping[str, str]) -> dict[str, str | int]:
    """What of the query is a filter: `genre`, `annee`."""
    found: dict[str, str | int] = {}
    if values.get("genre") in DocumentKind.values:
        found["kind"] = values["genre"]
    year = values.get("annee", "")
    if year.isascii() and year.isdecimal() and len(year) == 4:
        found["year"] = int(year)
    return found


@require_safe
def documents(request: HttpRequest, commune: str) -> HttpResponse:
    """The list, by kind and year."""
    place = get_object_or_404(Commune, slug=commune)
    everything = public_documents(place)
    wanted = _filters(request.GET)
    page = Paginator(everything.filter(**wanted), PER_PAGE).get_page(request.GET.get("page"))
    plain = Document.objects.public().filter(commune=place).order_by()
    kinds = dict(plain.values_list("kind").annotate(Count("pk")))
    years = plain.values_list("year", flat=True).distinct()
    here = {"genre": wanted.get("kind"), "annee": wanted.get("year")}
    return render(
        request,
        "documents/list.html",
        {
            "commune": place,
            "page": page,
            "kinds": [(kind, kind.label, kinds[kind]) for kind in DocumentKind if kind in kinds],
            "years": sorted(years, reverse=True),
            "kind": wanted.get("kind", ""),
            "year": wanted.get("year", ""),
            "total": sum(kinds.values()),
            "query": urlencode({name: value for name, value in here.items() if value}),
            "may_write": WRITER in roles_in(request.user, place),
        },
    )


@require_safe
def document(request: HttpRequest, commune: str, number: int) -> HttpResponse:
    """One document: what it is, its pages as pictures, its words, its versions."""
    found = find_document(request.user, commune, number)
    version = found.latest
    pages = version.pages or 1
    shown = request.GET.get("p", "1")
    number_shown = min(int(shown), pages) if shown.isascii() and shown.isdecimal() else 1
    latest = DocumentVersion.objects.only("text", "text_state").get(pk=version.pk)
    response = render(
        request,
        "documents/document.html",
        {
            "commune": found.commune,
            "document": found,
            "version": version,
            "words": latest.text[:20_000],
            "text_state": latest.text_state,
            "shows_pages": shows_pages(version),
            "inline": version.media_type in INLINE,
            "pages": pages,
            "shown": max(1, number_shown),
            "changed": changed_at(RevisionOf.DOCUMENT, [found.pk]).get(found.pk),
            "may_write": WRITER in roles_in(request.user, found.commune),
        },
    )
    if not found.is_public:
        response["X-Robots-Tag"] = "noindex"
    return response


def _version(request: HttpRequest, commune: str, number: int, version: int) -> DocumentVersion:
    found = find_document(request.user, commune, number)
    wanted = next((one for one in found.versions.all() if one.number == version), None)
    if wanted is None:
        raise Http404
    wanted.document = found
    return wanted


@require_safe
def file(
    request: HttpRequest, commune: str, number: int, version: int, name: str
) -> HttpResponseBase:
    """The file of a version, whole or a range of it; `?voir` opens what is harmless in the browser.

    The name is there for people: the numbers decide.
    """
    wanted = _version(request, commune, number, version)
    path = local_path(wanted)
    if not path.exists():
        raise Http404
    inline = "voir" in request.GET and wanted.media_type in INLINE
    kind = wanted.media_type if inline else "application/octet-stream"
    if wanted.media_type in INLINE:
        kind = wanted.media_type
    response = FileResponse(path.open("rb"), content_type=kind)
    response["Content-Disposition"] = content_disposition_header(not inline, wanted.name) or ""
    response["Content-Security-Policy"] = FILE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["ETag"] = f'"{wanted.checksum}"'
    # A version never changes, but it may be withdrawn.
    public = "public" if wanted.document.is_public else "private"
    response["Cache-Control"] = f"{public}, max-age=3600"
    if request.headers.get("If-None-Match") == response["ETag"]:
        response.close()
        return HttpResponse(status=304, headers={"ETag": response["ETag"]})
    return response


@require_safe
def page(
    request: HttpRequest, commune: str, number: int, version: int, page: int, width: int
) -> HttpResponseBase:
    """A page of a PDF, or a picture, as WebP of one of the offered widths."""
    wanted = _version(request, commune, number, version)
    if width not in WIDTHS:
        raise Http404
    try:
        path = page_picture(wanted, page, width)
    except (ValueError, FileNotFoundError) as error:
        raise Http404 from error
    response = FileResponse(path.open("rb"), content_type="image/webp")
    public = "public" if wanted.document.is_public else "private"
    response["Cache-Control"] = f"{public}, max-age=86400"
    return response


@require_safe
@cache_control(max_age=300, public=True)
def feed(request: HttpRequest, commune: str) -> HttpResponse:
    """What was published last (RFC 4287); `?genre=` of one kind."""
    place = get_object_or_404(Commune, slug=commune)
    wanted = _filters(request.GET)
    kind = wanted.get("kind")
    name = str(DocumentKind(str(kind)).label).capitalize() if kind else _("Documents")
    news = Atom1Feed(
        title=f"{name} · {place.name}",
        link=absolute(reverse("documents", args=[place.slug])),
        feed_url=absolute(request.get_full_path()),
        description="",
        language=get_language(),
    )
    found = public_documents(place).filter(**wanted).order_by("-published_at", "-pk")
    for one in found[:FEED_ENTRIES]:
        version = one.latest
        news.add_item(
            title=one.title,
            link=absolute(reverse("document", args=[place.slug, one.pk])),
            description=one.summary or str(one.get_kind_display()),
            unique_id=f"urn:palabre:document:{one.pk}",
            pubdate=one.published_at,
            updateddate=max(one.published_at or one.changed_at, version.created_at),
            categories=[one.kind, str(one.year)],
            enclosures=[
                Enclosure(absolute(file_url(version, one)), str(version.size), version.media_type)
            ],
        )
    return HttpResponse(news.writeString("utf-8"), content_type="application/atom+xml")


def file_url(version: DocumentVersion, document: Document) -> str:
    """The path of a version's file."""
    return reverse(
        "document_file", args=[document.commune.slug, document.pk, version.number, version.name]
    )
