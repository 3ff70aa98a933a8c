"""How the tests are shared out among several workers (`pytest -n 2`).

A worker takes whole files, so that what a file shares is started once; a folder of `TOGETHER`
shares more. The order is that of the collection, in which tests with running servers come last
(they commit what they write): a file that has both kinds is shared out in two parts.
"""

from collections.abc import Sequence

import pytest
from xdist.scheduler import LoadScopeScheduling

#: Folders whose files share something dear: here, a house of two processes and PostgreSQL.
TOGETHER = ("tests/delivery/",)


def shares(collection: Sequence[str]) -> dict[str, str]:
    """The share that each test belongs to: neighbours from one file (or folder)."""
    found: dict[str, str] = {}
    number, last = 0, ""
    for nodeid in collection:
        file = nodeid.partition("::")[0]
        place = next((folder for folder in TOGETHER if file.startswith(folder)), file)
        number += place != last
        last = place
        found[nodeid] = f"{number} {place}"
    return found


class Lanes(LoadScopeScheduling):  # type: ignore[misc]
    """xdist's scheduler, which gives out scopes: here, shares."""

    def __init__(self, config: pytest.Config, log: object) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False
        self._shares: dict[str, str] = {}

    def schedule(self) -> None:
        if not self._shares:
            self._shares = shares(next(iter(self.registered_collections.values()), []))
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        return self._shares[nodeid]
