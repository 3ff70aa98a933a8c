"""One house for all tests of this folder that need several processes."""

from collections.abc import Iterator

import pytest

from .houses import House

PEOPLE = 80


@pytest.fixture(scope="package")
def _house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(tmp_path_factory.mktemp("house"), PEOPLE) as house:
        yield house


@pytest.fixture
def house(_house: House) -> Iterator[House]:
    """Two web processes, PostgreSQL and Redis, all running; a test may kill what it likes."""
    _house.mend()
    yield _house
    _house.set_fault("clock", 0)
    _house.set_fault("loss", 0)
