"""Figures of a hearing: read from a table as town halls export them, drawn as a chart."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from communes.documents.reading import decoded

MOST_BYTES = 200_000
MOST_ROWS = 40
#: Columns of numbers: more bars side by side than these tell nothing.
MOST_COLUMNS = 4
MOST_SAID = 8

_SPACES = re.compile(r"[\s\u00a0\u202f'’]+")
_UNIT = re.compile(r"(?i)(f\s?cfa|cfa|xof|%|f)$")

Row = tuple[str, Sequence[float | None]]


class BadTable(Exception):
    """A table that cannot be taken; `problems` says why, a sentence for each bad row."""

    def __init__(self, *problems: str) -> None:
        super().__init__(problems[0])
        self.problems = problems


@dataclass(frozen=True)
class Table:
    head: list[str]
    rows: list[Row]


def number(text: str) -> float | None:
    """`1 234,8`, `12,5 %`, `1.200.000`; None for an empty cell or a dash. Raises ValueError."""
    plain = _UNIT.sub("", _SPACES.sub("", text))
    plain = plain.replace("−", "-")
    if plain in {"", "-", "–", "—"}:
        return None
    if "," in plain and "." in plain:
        thousands = "." if plain.rindex(",") > plain.rindex(".") else ","
        plain = plain.replace(thousands, "")
    for mark in ",.":
        if plain.count(mark) > 1:
            plain = plain.replace(mark, "")
    plain = plain.replace(",", ".")
    if not re.fullmatch(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)", plain) or len(plain) > 18:
        raise ValueError(text)
    return float(plain)


def read_table(content: bytes) -> Table:
    """A CSV file in UTF-8 or Latin-1, with semicolons, commas or tabs between cells; the first
    line has the names of columns, the first column the labels. Raises `BadTable`."""
    if len(content) > MOST_BYTES:
        raise BadTable(_("The table has more than 200 kB: keep the rows that matter."))
    if b"\0" in content:
        raise BadTable(_("This is not a table: save it as CSV in the spreadsheet program."))
    text = decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(";\t,", key=first.count)
    lines = [
        (place, [" ".join(cell.split()) for cell in row])
        for place, row in enumerate(csv.reader(io.StringIO(text), delimiter=mark), start=1)
        if any(cell.strip() for cell in row)
    ]
    if not lines or len(lines[0][1]) < 2:
        raise BadTable(_("The first line must name a column of labels and one of numbers."))
    head, body = lines[0][1], lines[1:]
    while len(head) > 2 and not head[-1]:
        head = head[:-1]
    if len(head) - 1 > MOST_COLUMNS:
        raise BadTable(_("At most {n} columns of numbers.").format(n=MOST_COLUMNS))
    if not body:
        raise BadTable(_("There is no row under the names of the columns."))
    if len(body) > MOST_ROWS:
        raise BadTable(_("At most {n} rows.").format(n=MOST_ROWS))
    rows: list[Row] = []
    problems: list[str] = []
    for place, cells in body:
        row, bad = _row(place, cells, head)
        problems += bad
        rows.append(row)
    if problems:
        raise BadTable(*problems[:MOST_SAID])
    return Table(head, rows)


def _row(place: int, cells: list[str], head: list[str]) -> tuple[Row, list[str]]:
    """A row, and what is wrong with it."""
    while len(cells) > len(head) and not cells[-1]:
        cells = cells[:-1]
    if len(cells) > len(head):
        said = _("Row {row} has {n} cells, the first line only {all}.")
        return (cells[0], []), [said.format(row=place, n=len(cells), all=len(head))]
    cells = cells + [""] * (len(head) - len(cells))
    problems, numbers = [], []
    if not cells[0]:
        problems.append(_("Row {row} has no label.").format(row=place))
    for name, cell in zip(head[1:], cells[1:], strict=True):
        try:
            numbers.append(number(cell))
        except ValueError:
            said = _("Row {row}, “{column}”: “{cell}” is not a number.")
            problems.append(said.format(row=place, column=name, cell=cell[:40]))
            numbers.append(None)
    return (cells[0][:80], numbers), problems


@dataclass(frozen=True)
class Bar:
    """A rectangle of the chart, and the number beside it, in pixels of the chart."""

    x: float
    y: float
    width: float
    series: int
    value: float
    label_x: float
    label_y: float


@dataclass(frozen=True)
class Group:
    """The bars of one row, under its label."""

    label: str
    y: float
    bars: list[Bar]


@dataclass(frozen=True)
class Chart:
    """Lying bars: labels are whole sentences on telephones too."""

    height: float
    zero: float
    groups: list[Group]


WIDTH, BAR, GAP, LABEL = 360, 16, 14, 20
#: Room for a number at the end of the longest bar.
NUMBER = 96


def chart(rows: Sequence[Row]) -> Chart:
    """Where the bars of a table lie."""
    values = [value for _label, numbers in rows for value in numbers if value is not None]
    low, high = min([0.0, *values]), max([0.0, *values])
    scale = (WIDTH - NUMBER) / ((high - low) or 1)
    zero = -low * scale
    groups, y = [], 0.0
    for label, numbers in rows:
        top, bars = y, []
        y += LABEL
        for series, value in enumerate(numbers):
            if value is None:
                continue
            width = max(abs(value) * scale, 1)
            x = zero if value >= 0 else zero - width
            bars.append(Bar(x, y, width, series, value, max(x + width, zero) + 4, y + BAR - 4))
            y += BAR + 2
        groups.append(Group(label, top + 14, bars))
        y += GAP
    return Chart(max(y - GAP, 1), zero, groups)
