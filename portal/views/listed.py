"""A commune's list of inhabitants: who may act where a sitting or a vote is for them."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from communes.identity import phone
from communes.models import Commune, RoleName
from communes.permissions import require_roles
from consultations.actions.listing import add_numbers, clear_list, remove_number
from consultations.models import ListedNumber
from live.delivery.writer import perform

MOST_BYTES = 4 * 1024 * 1024
LINES_NAMED = 12


class NumbersForm(forms.Form):
    """Numbers typed or pasted, or a file of them."""

    numbers = forms.CharField(
        label=_("Telephone numbers, one a line"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6, "inputmode": "tel", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        help_text=_("A text or CSV file with the numbers in the first column."),
    )

    def clean_file(self) -> str:
        upload: File[bytes] | None = self.cleaned_data["file"]
        if upload is None:
            return ""
        if (upload.size or 0) > MOST_BYTES:
            raise ValidationError(_("The file is larger than 4 MB."), code="too_large")
        try:
            return bytes(upload.read()).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValidationError(_("This is not a text file (UTF-8)."), code="kind") from error

    def lines(self) -> list[str]:
        return [
            *self.cleaned_data["numbers"].splitlines(),
            *self.cleaned_data["file"].splitlines(),
        ]


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@require_roles(RoleName.ADMIN)
def listed(request: HttpRequest, commune: Commune) -> HttpResponseBase:
    """The number of people on the list; `do=add`, `do=remove` and `do=clear` change it. Who is on
    it cannot be read: only keyed hashes are kept."""
    do = request.POST.get("do")
    form = NumbersForm(request.POST or None, request.FILES or None) if do == "add" else None
    if form is not None and form.is_valid():
        _add(request, commune, form)
        return redirect("listed", commune.slug)
    if do == "remove":
        _remove(request, commune, request.POST.get("number", ""))
        return redirect("listed", commune.slug)
    if do == "clear":
        perform(lambda: clear_list(commune))
        messages.success(request, _t("The list is empty."))
        return redirect("listed", commune.slug)
    return render(
        request,
        "commitments/listed.html",
        {
            "commune": commune,
            "form": form or NumbersForm(),
            "total": ListedNumber.objects.filter(commune=commune).count(),
        },
        status=422 if form is not None else 200,
    )


def _add(request: HttpRequest, commune: Commune, form: NumbersForm) -> None:
    listing = perform(lambda: add_numbers(commune, form.lines()))
    text = ngettext("{n} number was added.", "{n} numbers were added.", listing.added)
    messages.success(request, text.format(n=listing.added))
    if listing.unreadable:
        named = ", ".join(map(str, listing.unreadable[:LINES_NAMED]))
        more = "…" if len(listing.unreadable) > LINES_NAMED else ""
        text = ngettext(
            "Line {lines} is no mobile number.",
            "Lines {lines} are no mobile numbers.",
            len(listing.unreadable),
        )
        messages.error(request, text.format(lines=f"{named}{more}"))


def _remove(request: HttpRequest, commune: Commune, number: str) -> None:
    try:
        gone = perform(lambda: remove_number(commune, number))
    except (phone.NotANumber, phone.NoTextMessages):
        messages.error(request, _t("This is not a telephone number. Example: 01 97 12 34 56."))
        return
    if gone:
        messages.success(request, _t("The number is off the list."))
    else:
        messages.error(request, _t("This number was not on the list."))
