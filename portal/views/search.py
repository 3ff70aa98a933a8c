"""Search: one page for all communes, narrowed by commune, kind and year."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from communes.models import Commune
from portal.models import SearchKind
from portal.search.find import MOST_TYPED, Wanted, count, counts, find, years

PER_PAGE = 20
#: Nobody reads further; whoever wants all has the API.
LAST_PAGE = 50


def wanted_of(request: HttpRequest) -> Wanted:
    """What the address asks for: `q`, `commune`, `genre`, `annee`."""
    given = request.GET
    commune = Commune.objects.filter(slug=given.get("commune", "")).first()
    kind = given.get("genre", "")
    year = given.get("annee", "")
    return Wanted(
        text=given.get("q", "").strip()[:MOST_TYPED],
        commune=commune,
        kind=SearchKind(kind) if kind in SearchKind.values else None,
        year=int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None,
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    wanted = wanted_of(request)
    page = request.GET.get("page", "1")
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 4 else 1
    number = min(max(1, number), LAST_PAGE)
    total = count(wanted)
    here = {
        "q": wanted.text,
        "commune": wanted.commune.slug if wanted.commune else "",
        "genre": wanted.kind or "",
        "annee": wanted.year or "",
    }

    def address(**changes: object) -> str:
        return "?" + urlencode({k: v for k, v in {**here, **changes}.items() if v})

    kinds = counts(wanted.of_kind(None)) if wanted.text else []
    response = render(
        request,
        "portal/search.html",
        {
            "wanted": wanted,
            "hits": find(wanted, (number - 1) * PER_PAGE, PER_PAGE),
            "total": total,
            "kinds": [(kind.label, n, address(genre=kind.value), kind) for kind, n in kinds],
            "all_kinds": (sum(n for _, n in kinds), address(genre="")),
            "communes": Commune.objects.all(),
            "years": years(wanted.commune),
            "previous": address(page=number - 1) if number > 1 else "",
            "next": address(page=number + 1)
            if number * PER_PAGE < total and number < LAST_PAGE
            else "",
        },
    )
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, max_age=0)
    return response
