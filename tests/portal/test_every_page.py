"""Every public page of the demonstration, found by its links: light, and whole without scripts."""

import gzip
import io
import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, resolve

import communes.urls
import portal.urls

#: Bytes as they are sent. The scripts of a page may be 60 kB (`tools/budget.py`) of the 100 kB.
WITHOUT_SCRIPTS = 40_000
#: Pages of one kind that are asked for.
EACH_AT_MOST = 3
LINK = re.compile(r'(?:href|src)="([^"#][^"]*)"')
STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"')
ISLAND = re.compile(r'data-island="(\w+)">\s*<script[^>]*>.*?</script>(.*?)</div>', re.S)

#: Islands that only add something to what the page says.
MORE = {"notify", "concerns"}
#: Where no link of a public page leads: for staff, for who is signed in, for programs, or with
#: something of which the demonstration has none. A new page stands here, or is walked.
NOT_WALKED = {
    "account", "account_delete", "account_login", "account_logout", "agenda_manage", "answers",
    "commitment_piece", "commune_changes", "commune_new", "commune_settings", "concern_desk",
    "concern_moment", "concern_settings", "control", "data_price", "desk", "document_edit",
    "documents_manage", "engagement_edit", "host", "link_signin", "listed",
    "office_edit", "offices_manage", "practice_edit", "practices_manage", "service_worker",
    "commitment", "concern_raise", "sitting_chain", "sitting_decisions", "sitting_report",
    "set_language", "signin_code", "signin_key", "signout", "signout_elsewhere", "sitting_new",
    "sitting_papers", "sitting_picture", "sitting_prepare", "sitting_still", "sitting_storyboard",
    "staff", "stop", "studio", "team", "upload", "uploads", "word_lists", "projector",
}  # fmt: skip


def names(patterns) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name


def walk(client: Client) -> dict[str, str]:
    """Address -> HTML of every page that links lead to; other answers are only asked for."""
    waiting = ["/", "/cotonou/engagements/", "/cotonou/transparence/"]
    waiting.append("/cotonou/transparence/seances.csv")
    asked = set(waiting)
    pages: dict[str, str] = {}
    seen: set[str | None] = set()
    counts: Counter[str] = Counter()
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address, follow=True)
        path = answer.redirect_chain[-1][0] if answer.redirect_chain else address
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        seen.add(resolve(urlsplit(path).path).url_name)
        if not answer.headers["Content-Type"].startswith("text/html"):
            # Closing it by hand would close the test's database as well.
            for _block in answer:
                pass
            continue
        html = answer.content.decode()
        pages[address] = html
        for link in LINK.findall(html):
            plain = urldefrag(unescape(link))[0]
            target = urlsplit(urljoin(f"http://testserver{address}", plain))
            known = f"{target.path}?{target.query}" if target.query else target.path
            one_of_a_kind = target.query and seen_kind(target.path, target.query, asked)
            if target.netloc != "testserver" or target.path.startswith("/static/") or one_of_a_kind:
                continue
            name = resolve_name(target.path)
            if known not in asked and counts[name] < EACH_AT_MOST:
                counts[name] += 1
                asked.add(known)
                waiting.append(known)
    pages["names"] = " ".join(sorted(name for name in seen if name))
    return pages


def seen_kind(path: str, query: str, asked: set[str]) -> bool:
    """One page with a query of each form is enough: calendars never end."""
    form = re.sub(r"=[^&]*", "=", query)
    key = f"form:{resolve_name(path)}?{form}"
    if key in asked:
        return True
    asked.add(key)
    return False


def resolve_name(path: str) -> str:
    try:
        return str(resolve(path).url_name)
    except Resolver404:  # judged when it is asked for
        return path


@pytest.fixture
def pages(db, visitor, settings, tmp_path) -> dict[str, str]:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.DATA_DIR = tmp_path
    call_command("seed", stdout=io.StringIO())
    return walk(visitor)


def sent(content: str | bytes) -> int:
    return len(gzip.compress(content.encode() if isinstance(content, str) else content, 6))


def test_every_public_page_is_light_and_says_without_javascript_what_it_is_about(pages):
    seen = set(pages.pop("names").split())
    every = {*names(portal.urls.urlpatterns), *names(communes.urls.urlpatterns)}
    missed = {name for name in every - seen - NOT_WALKED if not name.startswith("mfa_")}
    assert not missed, f"pages that nobody walks: {sorted(missed)}"
    static = Path(django_settings.BASE_DIR) / "frontend" / "static"
    heavy, empty = {}, {}
    for address, html in pages.items():
        found = STYLE.findall(html)
        styles = [static / urlsplit(href).path.removeprefix("/static/") for href in found]
        weight = sent(html) + sum(sent(path.read_bytes()) for path in styles)
        if weight > WITHOUT_SCRIPTS or len(html.encode()) > 100_000:
            heavy[address] = weight
        for name, fallback in ISLAND.findall(html):
            if name not in MORE and not re.sub(r"<[^>]+>|\s", "", fallback):
                empty[address] = name
    assert heavy == {}
    assert empty == {}, "islands that say nothing without JavaScript"
    assert len(pages) > 30
