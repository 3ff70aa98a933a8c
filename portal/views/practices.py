"""Good practices: the list of all communes, a page for each, and the forms of clerks."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from communes.actions import practices as actions
from communes.actions.revisions import changed_at
from communes.documents.reading import PICTURES
from communes.models import (
    Commune,
    GoodPractice,
    Population,
    PracticeTheme,
    PracticeTrial,
    RevisionOf,
    RoleName,
)
from communes.permissions import communes_of, person_of, require_roles, roles_in
from live.delivery.writer import perform
from portal.access import Viewer
from portal.commune_forms import add_errors
from portal.history import history_of, shown
from portal.practice_forms import PracticeForm, TrialForm
from portal.views.documents import public_documents

PER_PAGE = 20
WRITER = RoleName.CLERK
#: Upper bounds of cost that one may look for, in CFA francs.
COSTS = (
    ("500000", gettext_lazy("up to 500,000 francs")),
    ("5000000", gettext_lazy("up to 5 million")),
    ("50000000", gettext_lazy("up to 50 million")),
)


def public_practices(
    theme: str = "", size: str = "", most: int | None = None
) -> QuerySet[GoodPractice]:
    """What anyone may see; a bound on cost leaves out those whose cost nobody counted."""
    found = GoodPractice.objects.public().select_related("commune")
    if theme:
        found = found.filter(theme=theme)
    if size:
        found = found.filter(commune__population=size)
    if most is not None:
        found = found.filter(cost__lte=most)
    return found


def _filters(given: Mapping[str, str]) -> dict[str, str]:
    wanted = {
        "theme": (given.get("theme", ""), PracticeTheme.values),
        "taille": (given.get("taille", ""), Population.values),
        "cout": (given.get("cout", ""), [cost for cost, _label in COSTS]),
    }
    return {name: value for name, (value, known) in wanted.items() if value in known}


@require_safe
def practices(request: HttpRequest) -> HttpResponse:
    """Of all communes; filtered by theme, size of the commune and cost."""
    wanted = _filters(request.GET)
    most = int(wanted["cout"]) if "cout" in wanted else None
    found = public_practices(wanted.get("theme", ""), wanted.get("taille", ""), most)
    found = found.annotate(tried=Count("trials")).order_by("-published_at", "-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "themes": PracticeTheme.choices,
        "sizes": Population.choices,
        "costs": COSTS,
        "wanted": wanted,
        "query": urlencode(wanted),
        "places": [c for c in communes_of(request.user) if WRITER in roles_in(request.user, c)],
    }
    return render(request, "practices/list.html", context)


def find_practice(viewer: Viewer, commune: str, number: int) -> GoodPractice:
    """A practice that this person may see. Raises `Http404`."""
    found = get_object_or_404(
        GoodPractice.objects.select_related("commune"), commune__slug=commune, pk=number
    )
    if not found.is_public and WRITER not in roles_in(viewer, found.commune):
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def practice(request: HttpRequest, commune: str, number: int) -> HttpResponseBase:
    """One practice, what came of it elsewhere, and the form of those who try it."""
    found = find_practice(request.user, commune, number)
    mine = [
        one
        for one in communes_of(request.user)
        if WRITER in roles_in(request.user, one) and one.pk != found.commune_id
    ]
    form = TrialForm(mine, request.POST or None)
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not mine:
            raise PermissionDenied
        if form.is_valid():
            _tried(request, found, mine, form)
            return redirect("practice", found.commune.slug, found.pk)
    documents = public_documents(found.commune).filter(practices=found).order_by("pk")
    listed = [(one, one.latest) for one in documents]
    response = render(
        request,
        "practices/practice.html",
        {
            "commune": found.commune,
            "practice": found,
            "pictures": [pair for pair in listed if pair[1].media_type in PICTURES],
            "documents": [one for one, version in listed if version.media_type not in PICTURES],
            "changed": changed_at(RevisionOf.PRACTICE, [found.pk]).get(found.pk),
            "trials": PracticeTrial.objects.filter(practice=found).select_related("commune"),
            "form": form if mine else None,
            "may_write": WRITER in roles_in(request.user, found.commune),
        },
        status=422 if request.method == "POST" else 200,
    )
    if not found.is_public:
        response["X-Robots-Tag"] = "noindex"
    return response


def _tried(request: HttpRequest, found: GoodPractice, mine: list[Commune], form: TrialForm) -> None:
    said = form.cleaned_data
    commune = next(one for one in mine if one.slug == said["commune"])
    person = person_of(request)
    try:
        if request.POST.get("do") == "forget":
            perform(lambda: actions.forget_trial(found, commune))
        else:
            perform(lambda: actions.try_it(found, commune, person, said["state"], said["report"]))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("It is saved."))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_roles(WRITER)
def manage(request: HttpRequest, commune: Commune) -> HttpResponseBase:
    """A commune's practices, drafts too, and the form for another."""
    form = PracticeForm(
        request.POST or None, instance=GoodPractice(commune=commune), commune=commune
    )
    if request.method == "POST" and form.is_valid():
        practice = _save(request, form)
        if practice is not None:
            messages.success(request, _("It is saved as a draft."))
            return redirect("practice_edit", commune.slug, practice.pk)
    context = {
        "commune": commune,
        "form": form,
        "practices": GoodPractice.objects.filter(commune=commune),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "practices/manage.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_roles(WRITER)
def edit(request: HttpRequest, commune: Commune, number: int) -> HttpResponseBase:
    """`do`: `save`, `publish`, `withdraw`, `delete` (a draft)."""
    found = get_object_or_404(GoodPractice, commune=commune, pk=number)
    do = request.POST.get("do", "")
    if do in {"publish", "withdraw"}:
        perform(lambda: actions.publish(found, do == "publish", person_of(request)))
        said = _("It is public now.") if do == "publish" else _("Only the town hall sees it now.")
        messages.success(request, said)
        return redirect("practice_edit", commune.slug, found.pk)
    if do == "delete" and found.published_at is None:
        perform(lambda: actions.delete(found, person_of(request)))
        messages.success(request, _("The draft is deleted."))
        return redirect("practices_manage", commune.slug)
    form = PracticeForm(request.POST or None, instance=found, commune=commune)
    if request.method == "POST" and form.is_valid() and _save(request, form) is not None:
        messages.success(request, _("It is saved."))
        return redirect("practice_edit", commune.slug, found.pk)
    present = get_object_or_404(GoodPractice, commune=commune, pk=number)
    context = {"commune": commune, "practice": present, "form": form, **history_of(present)}
    status = 422 if request.method == "POST" else 200
    return render(request, "practices/edit.html", context, status=status)


def _save(request: HttpRequest, form: PracticeForm) -> GoodPractice | None:
    """Nothing when the action refuses it; the form then says why."""
    practice = form.save(commit=False)
    try:
        return perform(
            lambda: actions.save(practice, form.chosen(), person_of(request), shown(request))
        )
    except ValidationError as error:
        add_errors(form, error)
        return None
