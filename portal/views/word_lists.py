"""A commune's own words for the filter that points questions out to moderators."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from communes.models import Commune, RoleName
from communes.permissions import require_roles
from live.delivery.writer import perform
from moderation.actions.word_lists import LANGUAGES, set_words, words_of_commune
from moderation.screening import filters

MOST = 20_000
NAMES = {"fr": _("French"), "en": _("English"), "fon": _("Fon"), "yo": _("Yoruba")}


class WordsForm(forms.Form):
    """One list for each language."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for language in LANGUAGES:
            self.fields[language] = forms.CharField(
                label=NAMES[language],
                required=False,
                max_length=MOST,
                widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
            )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_roles(RoleName.MODERATOR, RoleName.ADMIN)
def word_lists(request: HttpRequest, commune: Commune) -> HttpResponseBase:
    """Read and change the lists. They hold for questions that come from then on."""
    present = {language: words_of_commune(commune, language) for language in LANGUAGES}
    form = WordsForm(request.POST or None, initial=present)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data

        def save() -> None:
            for language in LANGUAGES:
                set_words(commune, language, wanted[language])

        perform(save)
        messages.success(request, _t("The lists are saved."))
        return redirect("word_lists", commune.slug)
    built_in = [(NAMES[name], filters.built_in(name)) for name in filters.languages()]
    return render(
        request,
        "moderation/word_lists.html",
        {"commune": commune, "form": form, "built_in": built_in},
        status=422 if request.method == "POST" else 200,
    )
