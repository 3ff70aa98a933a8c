"""Smaller pictures: `python -m config.media_ladder`, one for each media folder.

It may be stopped, killed and left out: sound and the source's picture do not need it. No Django,
no database, no network.
"""

import logging
import os
import signal

from live.media.config import MediaConfig
from live.media.ladder.process import Ladder, give_way

from .environment import env


def main() -> None:
    """Work until a signal."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if not env.media_ladder:
        logging.getLogger(__name__).info("MEDIA_LADDER is off: only the source is served")
        return
    give_way()
    ladder = Ladder(
        env.media_dir,
        min_free_bytes=int(os.environ.get("MEDIA_MIN_FREE_BYTES") or MediaConfig.min_free_bytes),
        patience_s=float(os.environ.get("MEDIA_LADDER_PATIENCE_S") or 30),
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ladder.stop())
    ladder.run()


if __name__ == "__main__":
    main()
