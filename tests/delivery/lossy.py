"""A channel layer that loses one message in five and says one in five twice, and settings with it
(`DJANGO_SETTINGS_MODULE=tests.delivery.lossy`)."""

import random
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer

from config.settings import *  # noqa: F403
from config.settings import REDIS_URL


class LossyLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    """Redis pub/sub on a bad day."""

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        for _ in range(random.choice((0, 1, 1, 1, 2))):
            await super().group_send(group, message)


CHANNEL_LAYERS = {
    "default": {"BACKEND": "tests.delivery.lossy.LossyLayer", "CONFIG": {"hosts": [REDIS_URL]}}
}
