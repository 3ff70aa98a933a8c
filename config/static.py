"""Names of static files: ours get a digest of their content, the bundle's have one already."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

#: Where Vite writes, `name-<digest>.js`.
BUNDLE = "assets/"

#: Addresses whose content never changes, for whitenoise to have browsers keep them for ever.
NAMED_BY_CONTENT = r"^/static/(assets/.+-[\w-]{8}\.\w+|.+\.[0-9a-f]{12}\.\w+)$"


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Leaves the bundle's names alone.

    Its chunks import each other by the names Vite gave them. Under a second name a page would
    load the same chunk twice, once as the page says it and once as the chunks do.
    """

    def hashed_name(self, name: str, *args: Any, **kwargs: Any) -> str:
        if name.startswith(BUNDLE):
            return name
        renamed: str = super().hashed_name(name, *args, **kwargs)
        return renamed
