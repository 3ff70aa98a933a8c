"""Database reads of the event loop, on a few threads of their own."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)

T = TypeVar("T")

_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="reader")


async def read(function: Callable[[], T]) -> T:
    """Run a function that only reads, off the loop; once more when the connection was lost."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _read, function)


def _read(function: Callable[[], T]) -> T:
    try:
        return function()
    except DatabaseError:
        connection.close()
        return function()
