"""Extraction, the catalogue's two forms, and what is found wrong with one."""

import gettext
import io

import pytest
from django.core.management import CommandError, call_command

from portal.catalogue import build, extract, po, review
from portal.catalogue.message import Catalogue, Contradiction, Found, Key, Message, gather, merge

PYTHON = """
from django.utils.translation import gettext as _, pgettext, ngettext
_("Plain")
_("In " "parts")
pgettext("a place", "Here")
ngettext("%(n)d vote", "%(n)d votes", 2)
_(variable)
other("Not this")
for _ in range(3): pass
"""
TEMPLATE = """{% load i18n palabre %}
{% translate "Simple" %}{% translate "Here" context "a place" %}
{% if x %}{% blocktranslate with n=x|length %}There are {{ n }} %{% endblocktranslate %}{% endif %}
{% blocktranslate count n=x|length %}{{ n }} vote{% plural %}{{ n }} votes{% endblocktranslate %}
{% include "parts/arms.html" with hint=_("An argument") %}
{% island "room" props %}{% translate "Inside" %}{% endisland %}
{# {% translate "Commented" %} #}
"""
ISLAND = """
t("Plain"); t('It\\'s {n}', {n}); t(`Ticks`); t("In " + "parts"); t(
  "Over lines",
);
tn("{n} vote", "{n} votes", count);
const html = `${t("Nested")}`; label={t("In markup")}
reset("Not this"); obj.t("Nor this"); t(variable);
// t("Commented")
/* t("Commented too") */ const url = "https://example.bj"; t("After an address");
"""


def keys(found) -> set[tuple[str | None, str, str | None]]:
    return {(*each.key, each.plural) for each in found}


def test_python():
    assert keys(extract.from_python(PYTHON, "a.py")) == {
        (None, "Plain", None),
        (None, "In parts", None),
        ("a place", "Here", None),
        (None, "%(n)d vote", "%(n)d votes"),
    }


def test_templates():
    assert keys(extract.from_template(TEMPLATE, "a.html")) == {
        (None, "Simple", None),
        ("a place", "Here", None),
        (None, "There are %(n)s %%", None),
        (None, "%(n)s vote", "%(n)s votes"),
        (None, "An argument", None),
        (None, "Inside", None),
    }


def test_islands():
    assert keys(extract.from_island(ISLAND, "frontend/src/a.svelte")) == {
        (None, "Plain", None),
        (None, "It's {n}", None),
        (None, "Ticks", None),
        (None, "In parts", None),
        (None, "Over lines", None),
        (None, "{n} vote", "{n} votes"),
        (None, "Nested", None),
        (None, "In markup", None),
        (None, "After an address", None),
    }


def one(singular: str, *translations: str, plural: str | None = None, **fields) -> Catalogue:
    message = Message(Key(None, singular), plural, list(translations), **fields)
    return {message.key: message}


AWKWARD = (
    one("Plain", "Simple")
    | one("{n} vote", "{n} vote", "{n} votes", plural="{n} votes", files=["frontend/src/a.ts"])
    | one('A "quote" \\ and\na line\t', 'Une « citation » "\\\n\nfin', notes=["look here"])
    | one("Unsure", "Incertain", fuzzy=True)
    | one("Gone", "Parti", obsolete=True)
    | {Key("a place", "Here"): Message(Key("a place", "Here"), None, ["Ici"])}
)


def test_po_is_read_as_it_was_written():
    text = po.write(AWKWARD)
    again = po.read(text)
    assert {key: vars(message) for key, message in again.items()} == {
        key: vars(message) for key, message in AWKWARD.items()
    }
    assert po.write(again) == text


def test_a_broken_catalogue_names_the_line():
    with pytest.raises(po.Unreadable, match="line 3"):
        po.read('msgid "a"\nmsgstr "b"\nnonsense\n')


def test_gettext_reads_what_is_built():
    words = gettext.GNUTranslations(io.BytesIO(build.machine_object(AWKWARD)))
    assert words.gettext("Plain") == "Simple"
    assert words.pgettext("a place", "Here") == "Ici"
    assert words.gettext('A "quote" \\ and\na line\t') == 'Une « citation » "\\\n\nfin'
    for n, expected in ((0, "{n} vote"), (1, "{n} vote"), (2, "{n} votes")):
        assert words.ngettext("{n} vote", "{n} votes", n) == expected
    assert words.gettext("Unsure") == "Unsure"
    assert words.gettext("Gone") == "Gone"


def test_islands_get_their_words_alone():
    assert build.island_words(AWKWARD) == '{\n "{n} vote": [\n  "{n} vote",\n  "{n} votes"\n ]\n}\n'


def test_merging_keeps_translations_and_remembers_what_went():
    known = one("Kept", "Gardé") | one("Gone", "Parti") | one("Never said")
    merged = merge(known, gather([Found(Key(None, "Kept"), None, "a.py"),
                                  Found(Key(None, "New"), None, "b.py")]))  # fmt: skip
    assert {key.singular: (m.translations, m.obsolete) for key, m in merged.items()} == {
        "Kept": (["Gardé"], False),
        "New": ([], False),
        "Gone": (["Parti"], True),
    }
    back = merge(merged, gather([Found(Key(None, "Gone"), None, "a.py")]))
    assert back[Key(None, "Gone")].translations == ["Parti"]
    assert not back[Key(None, "Gone")].obsolete


def test_one_string_has_one_plural():
    with pytest.raises(Contradiction):
        gather([Found(Key(None, "vote"), "votes", "a.py"), Found(Key(None, "vote"), "voices", "b")])


@pytest.mark.parametrize(
    ("catalogue", "complaint"),
    [
        (one("Bare"), "not translated"),
        (one("{n} vote", "{n} vote", "", plural="{n} votes"), "not translated"),
        (one("Unsure", "Incertain", fuzzy=True), "looked at again"),
        (one("By {name}", "Par"), "missing"),
        (one("By {name}", "Par {nom}"), "not in the original"),
        (one("%(n)s more", "%(n)s de plus"), None),
        (one("Gone", "", obsolete=True), None),
        (one("Owner: {name}", "Responsable : {name}"), "may break"),
        (one("“{text}”", "« {text}\N{NO-BREAK SPACE}»"), "may break"),
        (one("Owner: {name}", "Responsable\N{NO-BREAK SPACE}: {name}"), None),
        (one("Said at {hour}", "Dit à 10:30"), "missing"),
        (one("one vote", "un vote", "{n} votes", plural="{n} votes"), None),
    ],
)
def test_review(catalogue, complaint):
    complaints = list(review.complaints(catalogue))
    assert bool(complaints) == (complaint is not None)
    assert complaint is None or complaint in complaints[0]


def test_the_command_from_source_to_what_is_loaded(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal" / "words.py").write_text('_("Hello")\n')
    (tmp_path / "frontend" / "src").mkdir(parents=True)
    (tmp_path / "frontend" / "src" / "a.ts").write_text('t("Good bye")\n')
    with pytest.raises(CommandError, match="behind the source"):
        call_command("messages", "--check")
    call_command("messages", stdout=io.StringIO())
    catalogue = tmp_path / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    with pytest.raises(CommandError, match="not translated"):
        call_command("messages", "--check")
    written = catalogue.read_text().replace('"Hello"\nmsgstr ""', '"Hello"\nmsgstr "Bonjour"')
    catalogue.write_text(written.replace('"Good bye"\nmsgstr ""', '"Good bye"\nmsgstr "Au revoir"'))
    with pytest.raises(CommandError, match=r"messages\.fr\.json is behind"):
        call_command("messages", "--check")
    call_command("messages", "--compile", stdout=io.StringIO())
    call_command("messages", "--check", stdout=io.StringIO())
    words = tmp_path / "frontend" / "src" / "generated" / "messages.fr.json"
    assert words.read_text() == '{\n "Good bye": "Au revoir"\n}\n'
    with (catalogue.with_suffix(".mo")).open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Hello") == "Bonjour"
