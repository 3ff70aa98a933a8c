"""QR codes, drawn in the page itself."""

import io

import segno
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe


def qr_svg(address: str, title: str) -> SafeString:
    """An inline SVG of `address`, four modules of quiet zone, level M: a phone reads it from the
    back of a hall even when a quarter of it is in glare."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, nl=False,
        svgclass="qr", lineclass=None, dark="#1b1a17", light="#ffffff",
    )  # fmt: skip
    drawing = out.getvalue().decode()
    labelled = drawing.replace("<svg ", f'<svg role="img" aria-label="{escape(title)}" ', 1)
    return mark_safe(labelled)  # noqa: S308 - segno's drawing and an escaped title
