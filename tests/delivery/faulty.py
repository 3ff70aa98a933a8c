"""Settings of web processes whose clock steps and whose nudges get lost when files say so
(`DJANGO_SETTINGS_MODULE=tests.delivery.faulty`). In the folder `FAULTS`:

* `clock`: seconds to add to the clock. Nothing of ours asks a database for the time: what is
  written carries the clock of whoever writes, so this is the database's clock, and another than
  PostgreSQL's and Redis' own;
* `loss`: the share of nudges that are lost, and as many again are said twice;
* `nudges-<port>`: written by the layer, one digit for each nudge: how often it was said.

`SEED` makes the choices the same again.
"""

import os
import random
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer
from django.utils import timezone

from config.settings import *  # noqa: F403
from config.settings import REDIS_URL

_FOLDER = Path(os.environ["FAULTS"])
_real_time = time.time


def _number(name: str) -> float:
    try:
        return float((_FOLDER / name).read_text() or 0)
    except (OSError, ValueError):
        return 0.0


def stepped_time() -> float:
    return _real_time() + _number("clock")


def stepped_now() -> datetime:
    return datetime.fromtimestamp(stepped_time(), UTC)


time.time = stepped_time
timezone.now = stepped_now


class LossyLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    """Redis pub/sub on a bad day."""

    dice = random.Random(f"{os.environ.get('SEED')} {os.environ.get('PORT')}")

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        share, throw = _number("loss"), self.dice.random()
        times = 0 if throw < share else 2 if throw < 2 * share else 1
        if share:
            with (_FOLDER / f"nudges-{os.environ.get('PORT')}").open("a") as said:
                said.write(str(times))
        for _ in range(times):
            await super().group_send(group, message)


CHANNEL_LAYERS = {
    "default": {"BACKEND": "tests.delivery.faulty.LossyLayer", "CONFIG": {"hosts": [REDIS_URL]}}
}
