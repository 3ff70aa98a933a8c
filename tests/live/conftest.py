"""A live sitting of its own on the running servers, a citizen and a moderator of its commune."""

import pytest

from live.models import Sitting
from tests.support.factories import make_commune, make_person, make_sitting, orm


@pytest.fixture
async def commune(palabre):
    return await orm(make_commune)


@pytest.fixture
async def sitting(commune) -> Sitting:
    return await orm(make_sitting, commune)


@pytest.fixture
async def citizen(palabre):
    return await orm(make_person)


@pytest.fixture
async def moderator(commune):
    return await orm(make_person, commune, "moderator")
