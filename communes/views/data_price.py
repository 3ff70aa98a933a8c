"""What a gigabyte of mobile data costs in a commune: players say what an hour costs by it."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..actions import revisions
from ..models import Commune, RoleName
from ..permissions import person_of, require_roles

#: No operator has asked for more; a slip of the finger does.
DEAREST = 100_000


class DataPriceForm(forms.ModelForm[Commune]):
    """A price in CFA francs, and who says so."""

    gigabyte_price = forms.IntegerField(
        label=_("price of a gigabyte (CFA francs)"), min_value=1, max_value=DEAREST
    )

    class Meta:
        model = Commune
        fields = ("gigabyte_price", "gigabyte_source")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_roles(RoleName.ADMIN)
def data_price(request: HttpRequest, commune: Commune) -> HttpResponseBase:
    """Read and change it."""
    form = DataPriceForm(request.POST or None, instance=commune)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            was = revisions.before(commune)
            changed = form.save()
            revisions.keep(changed, was, person_of(request))
        messages.success(request, _t("The price is saved."))
        return redirect("data_price", commune.slug)
    return render(
        request,
        "account/data_price.html",
        {"commune": Commune.objects.get(pk=commune.pk), "form": form},
        status=422 if request.method == "POST" else 200,
    )
