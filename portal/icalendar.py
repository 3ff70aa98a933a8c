"""Calendars as text (RFC 5545): the little of it that a list of sittings needs."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

#: A sitting has no announced end; calendars show one.
USUAL_LENGTH = timedelta(hours=2)
#: Lines end and fold at so many octets (section 3.1).
LINE_OCTETS = 75


def _text(value: str) -> str:
    """A TEXT value (section 3.3.11)."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def fold(line: str) -> str:
    """One content line, folded without cutting a character in two."""
    pieces, piece, size = [], "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > LINE_OCTETS:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + character, size + octets
    pieces.append(piece)
    return "\r\n".join(pieces)


def event(
    *,
    uid: str,
    stamp: datetime,
    start: datetime,
    summary: str,
    location: str,
    description: str,
    url: str,
    cancelled: bool,
    end: datetime | None = None,
    changed: datetime | None = None,
) -> list[str]:
    """The lines of one VEVENT."""
    lines = [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{_time(stamp)}",
        f"DTSTART:{_time(start)}",
        f"DTEND:{_time(end or start + USUAL_LENGTH)}",
        f"SUMMARY:{_text(summary)}",
        f"URL:{url}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
    ]
    if changed:
        lines.append(f"LAST-MODIFIED:{_time(changed)}")
    if location:
        lines.append(f"LOCATION:{_text(location)}")
    if description:
        lines.append(f"DESCRIPTION:{_text(description)}")
    return [*lines, "END:VEVENT"]


def write_calendar(name: str, events: Iterable[list[str]]) -> str:
    """A whole VCALENDAR."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Palabre//Palabre//FR"]
    lines += ["CALSCALE:GREGORIAN", "METHOD:PUBLISH", f"X-WR-CALNAME:{_text(name)}"]
    for lines_of_event in events:
        lines += lines_of_event
    return "".join(f"{fold(line)}\r\n" for line in [*lines, "END:VCALENDAR"])
