"""Smaller pictures of a recording, made by a process of its own that may be shed.

`python -m config.media_ladder` runs it. It reads what the media process has recorded and writes
beside it; the two meet only in files. Docs: `docs/media.md`.
"""
