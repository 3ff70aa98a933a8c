"""Where data is, beside the database."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from django.conf import settings


@dataclass(frozen=True)
class Places:
    """Uploads and secrets are in `data_dir`; recordings may be on a disk of their own."""

    data_dir: Path
    media_dir: Path

    @classmethod
    def configured(cls) -> Self:
        return cls(Path(settings.DATA_DIR), Path(settings.RECORDINGS_DIR))

    @property
    def uploads(self) -> Path:
        return self.data_dir / "uploads"

    @property
    def trees(self) -> tuple[tuple[str, Path], ...]:
        """The folders that are kept, with their names in a backup."""
        return ("media", self.media_dir), ("uploads", self.uploads)
