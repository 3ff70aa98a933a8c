"""Reads that many share: what was forgotten while it was being read is not given to anybody."""

import asyncio
import threading

from live.delivery.shared_read import Kept


async def test_what_is_forgotten_while_it_is_read_is_read_again():
    began, go_on = threading.Event(), threading.Event()
    values = iter(["before the redaction", "after it"])

    def slow() -> str:
        value = next(values)
        if not began.is_set():
            began.set()
            assert go_on.wait(30)
        return value

    kept = Kept(slow, 60)
    first = asyncio.ensure_future(kept.get())
    await asyncio.to_thread(began.wait, 30)
    kept.forget()
    second = asyncio.ensure_future(kept.get())
    await asyncio.sleep(0)
    go_on.set()
    # Whoever asked before gets what was so then; nobody else does.
    assert await first == "before the redaction"
    assert await second == "after it"
    assert kept.at_hand == "after it"
