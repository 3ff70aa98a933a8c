"""What the media process keeps in memory of what it sends."""

from live.media.http import files
from live.media.http.files import Cache


def test_of_what_changes_the_last_version_alone_is_kept() -> None:
    cache = Cache()
    for version in range(1_000):
        cache.put("video.m3u8", b"#EXTM3U" * version, version)
    assert cache.get("video.m3u8", 999) == b"#EXTM3U" * 999
    assert cache.get("video.m3u8", 998) is None
    assert cache.size == 7 * 999


def test_what_was_not_asked_for_the_longest_makes_room(monkeypatch) -> None:
    monkeypatch.setattr(files, "_CACHE_BYTES", 40)
    cache = Cache()
    for name in "abcd":
        cache.put(name, b"0123456789")
    assert cache.get("a") == b"0123456789"
    cache.put("e", b"0123456789")
    assert cache.get("b") is None
    assert [cache.get(name) for name in "acde"] == [b"0123456789"] * 4
    cache.put("too large", b"x" * 11)
    assert cache.get("too large") is None
    assert cache.size == 40
