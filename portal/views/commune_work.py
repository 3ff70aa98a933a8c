"""A commune's settings, for its administrators; a new commune, for those who run the site."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from communes.actions.founding import Invited, found, invite
from communes.colour import contrast, header
from communes.models import Commune, Person, RoleName
from communes.permissions import require_roles
from consultations.actions.concern_boards import set_arrondissements
from live.delivery.writer import perform
from portal.commune_forms import CommuneForm, NewCommuneForm, add_errors


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_roles(RoleName.ADMIN)
def settings_page(request: HttpRequest, commune: Commune) -> HttpResponseBase:
    """Read and change them. The address stays."""
    names = "\n".join(row.name for row in commune.arrondissements.all())
    form = CommuneForm(
        request.POST or None,
        request.FILES or None,
        instance=commune,
        initial={"arrondissements": names},
    )
    if request.method == "POST" and form.is_valid():

        def save() -> None:
            changed = form.save(commit=False)
            if form.arms is not None:
                changed.arms.save(form.arms.name or "arms.png", form.arms, save=False)
            changed.save()
            set_arrondissements(changed, form.cleaned_data["arrondissements"])

        perform(save)
        messages.success(request, _("It is saved."))
        return redirect("commune_settings", commune.slug)
    present = Commune.objects.get(pk=commune.pk)
    shown = header(present.colour)
    return render(
        request,
        "staff/commune_settings.html",
        {
            "commune": present,
            "form": form,
            "shown": shown,
            "moved": shown.background != present.colour,
            "ratio": contrast(shown.background, shown.ink),
        },
        status=422 if request.method == "POST" else 200,
    )


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """One form makes a commune that can begin to work."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not (isinstance(request.user, Person) and request.user.is_superuser):
        raise PermissionDenied
    form = NewCommuneForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        invited = _found(form)
        if invited is not None:
            context = {"made": form.instance, "invited": invited}
            return render(request, "staff/commune_made.html", context, status=201)
    context = {"form": form, "address": reverse("home")}
    status = 422 if request.method == "POST" else 200
    return render(request, "staff/commune_new.html", context, status=status)


def _found(form: NewCommuneForm) -> Invited | None:
    """Nothing when the action refuses it; the form then says why."""
    said = form.cleaned_data

    def write() -> Invited:
        commune = found(form.save(commit=False), said["arrondissements"])
        if form.arms is not None:
            commune.arms.save(form.arms.name or "arms.png", form.arms)
        return invite(commune, said["contact"], said["administrator"])

    try:
        return perform(write)
    except ValidationError as error:
        add_errors(form, error)
        return None
