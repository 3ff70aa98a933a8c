"""Writes playlists. Every address in them is relative, so that a path token in front of the
playlist carries over.

`multivariant` says which renditions there are, `media` lists the segments of one,
`rungs` those of a smaller picture, `low` has what a low-latency one has besides.
"""

from . import low
from .media import NAMES, RENDITION_OF, SKIP_AFTER_S, media
from .multivariant import master
from .rungs import rung

__all__ = ["NAMES", "RENDITION_OF", "SKIP_AFTER_S", "low", "master", "media", "rung"]
