"""Writes playlists. Every address in them is relative, so that a path token in front of the
playlist carries over.

`multivariant` says which renditions there are, `media` lists the segments of one.
"""

from .media import RENDITION_OF, SKIP_AFTER_S, media
from .multivariant import master

__all__ = ["RENDITION_OF", "SKIP_AFTER_S", "master", "media"]
