"""A commune's own words for the filter that points questions out to moderators."""

from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from communes.models import Commune, Language, RoleName
from communes.permissions import require_roles
from live.delivery.writer import perform
from moderation.actions.word_lists import languages_of, set_words, words_of_commune
from moderation.screening import filters

MOST = 20_000


class WordsForm(forms.Form):
    """One list for each language."""

    def __init__(
        self, languages: Sequence[Language], data: QueryDict | None, initial: dict[str, str]
    ) -> None:
        super().__init__(data, initial=initial)
        for language in languages:
            self.fields[language.value] = forms.CharField(
                label=language.label,
                required=False,
                max_length=MOST,
                widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
            )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_roles(RoleName.MODERATOR, RoleName.ADMIN)
def word_lists(request: HttpRequest, commune: Commune) -> HttpResponseBase:
    """Read and change the lists. They hold for questions that come from then on."""
    languages = languages_of(commune)
    present = {one.value: words_of_commune(commune, one) for one in languages}
    form = WordsForm(languages, request.POST or None, present)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data

        def save() -> None:
            for language in languages:
                set_words(commune, language, wanted[language])

        perform(save)
        messages.success(request, _t("The lists are saved."))
        return redirect("word_lists", commune.slug)
    built_in = [(Language(name).label, filters.built_in(name)) for name in filters.languages()]
    return render(
        request,
        "moderation/word_lists.html",
        {"commune": commune, "form": form, "built_in": built_in},
        status=422 if request.method == "POST" else 200,
    )
