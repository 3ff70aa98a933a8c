"""Finding the strings of the interface in Python, templates and islands."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.template import engines
from django.template.base import FilterExpression, Lexer, Node, TokenType, Variable
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from .message import Found, Key

PACKAGES = ("communes", "config", "consultations", "live", "moderation", "portal")
TEMPLATES = "frontend/templates"
ISLANDS = "frontend/src"

#: Function name to the positions of (context, singular, plural).
FUNCTIONS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}

#: `_("…")` among the arguments of a tag or a filter.
IN_ARGUMENTS = re.compile(r"""_\((?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\)""")


def extract(root: Path) -> Iterator[Found]:
    """Every string of the interface, file by file."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from from_python(path.read_text(), str(path.relative_to(root)))
    for path in sorted((root / TEMPLATES).rglob("*")):
        if path.suffix in {".html", ".txt", ".svg"}:
            yield from from_template(path.read_text(), str(path.relative_to(root)))
    for path in sorted((root / ISLANDS).rglob("*")):
        if path.suffix in {".ts", ".svelte"} and not path.name.endswith(".test.ts"):
            yield from from_island(path.read_text(), str(path.relative_to(root)))


def _constant(call: ast.Call, position: int | None) -> str | None:
    if position is None or position >= len(call.args):
        return None
    argument = call.args[position]
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    return None


def from_python(source: str, file: str) -> Iterator[Found]:
    """Calls of gettext's functions with literal strings."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        if isinstance(function, ast.Name):
            name = function.id
        elif isinstance(function, ast.Attribute) and function.attr != "_":
            name = function.attr
        else:
            continue
        if name not in FUNCTIONS:
            continue
        context, singular, plural = FUNCTIONS[name]
        text = _constant(node, singular)
        if text:
            yield Found(Key(_constant(node, context), text), _constant(node, plural), file)


def from_template(source: str, file: str) -> Iterator[Found]:
    """`translate`, `blocktranslate` and `_("…")`, as Django itself understands them."""
    engine = engines["django"].engine  # type: ignore[attr-defined]
    for token in Lexer(source).tokenize():
        if token.token_type in (TokenType.VAR, TokenType.BLOCK):
            for match in IN_ARGUMENTS.finditer(token.contents):
                yield Found(Key(None, _percent(_plain(match[1] or match[2]))), None, file)
    nodelist = engine.from_string(source).nodelist
    for node in _nodes(nodelist):
        if isinstance(node, TranslateNode):
            expression = node.filter_expression.var
            if isinstance(expression, Variable) and isinstance(expression.literal, str):
                key = Key(_context(node.message_context), _percent(expression.literal))
                yield Found(key, None, file)
        elif isinstance(node, BlockTranslateNode):
            singular, _names = node.render_token_list(node.singular)
            plural = node.render_token_list(node.plural)[0] if node.plural else None
            yield Found(Key(_context(node.message_context), singular), plural, file)


def _nodes(nodelist: Iterable[Node]) -> Iterator[Node]:
    """Every node, also inside of block tags of our own, which Django's own walk passes over."""
    for node in nodelist:
        yield node
        for name in {*node.child_nodelists, "nodelist"}:
            yield from _nodes(getattr(node, name, ()))


def _context(expression: FilterExpression | None) -> str | None:
    return expression.var if expression and isinstance(expression.var, str) else None


def _percent(text: str) -> str:
    """Django doubles the percent signs of template text before it looks it up."""
    return text.replace("%", "%%")


_ESCAPE = re.compile(r"\\(u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\n": ""}


def _plain(literal: str) -> str:
    """The string that the inside of a literal stands for."""

    def replace(match: re.Match[str]) -> str:
        code = match[2] or match[3]
        return chr(int(code, 16)) if code else _ESCAPES.get(match[1], match[1])

    return _ESCAPE.sub(replace, literal)


_LITERAL = r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.|\$(?!\{))*`)"""
_STRING = rf"{_LITERAL}(?:\s*\+\s*{_LITERAL})*"
_CALL_T = re.compile(rf"(?<![\w$.])t\(\s*({_STRING})\s*[,)]")
_CALL_TN = re.compile(rf"(?<![\w$.])tn\(\s*({_STRING})\s*,\s*({_STRING})\s*,")
_COMMENT = re.compile(rf"({_LITERAL})|/\*.*?\*/|<!--.*?-->|(?<![:/])//[^\n]*", re.DOTALL)


def from_island(source: str, file: str) -> Iterator[Found]:
    """`t("…")` and `tn("…", "…", n)` of `frontend/src/lib/i18n.ts`, outside comments."""
    code = _COMMENT.sub(lambda match: match[1] or " ", source)
    for match in _CALL_T.finditer(code):
        yield Found(Key(None, _joined(match[1])), None, file)
    for match in _CALL_TN.finditer(code):
        yield Found(Key(None, _joined(match[1])), _joined(match[2]), file)


def _joined(literals: str) -> str:
    return "".join(_plain(part[1:-1]) for part in re.findall(_LITERAL, literals))
