"""The worker inside the web process: on one machine, background tasks need no process of theirs.

Everything that touches django-tasks-db's worker is here; `tests/portal/test_background.py` fails
when it changes.
"""

import logging
import threading
import time

from django.db import connection, connections
from django_tasks_db.management.commands.db_worker import Worker

from .tasks import plan_all

logger = logging.getLogger(__name__)

INTERVAL_S = 2.0
RESTART_S = 30.0


class InlineWorker:
    """A thread that does tasks as `manage.py db_worker` would."""

    def __init__(self) -> None:
        self._worker = Worker(
            queue_names=["*"],
            interval=INTERVAL_S,
            batch=False,
            backend_name="default",
            startup_delay=True,
            max_tasks=None,
            worker_id="web",
            excluded_queue_names=[],
        )
        self._thread = threading.Thread(target=self._run, name="tasks", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let the task under way finish; a longer one is begun again at the next start."""
        self._worker.running = False
        self._thread.join(INTERVAL_S * 2)

    def _run(self) -> None:
        while self._worker.running:
            try:
                plan_all()
                self._worker.run()
            except Exception:
                logger.exception("background tasks stopped; again in %.0f s", RESTART_S)
                connections.close_all()
                time.sleep(RESTART_S)
        connections.close_all()


def make_inline_worker() -> InlineWorker | None:
    """A worker for this process, where it is the only one that writes (SQLite); otherwise tasks
    are for the `worker` processes."""
    return InlineWorker() if connection.vendor == "sqlite" else None
