"""The ASGI application: one small router."""

import logging

from ..elsewhere import Elsewhere
from ..process import MediaProcess
from . import control, hls, ops, relay, whip
from .download import stream_response
from .messages import (
    Problem,
    Receive,
    Request,
    Response,
    Scope,
    Send,
    problem,
    read_request,
    send_response,
)

logger = logging.getLogger(__name__)

#: No cookies here, so any origin may read; players and the studio live on another one.
_CORS = [
    ("access-control-allow-origin", "*"),
    (
        "access-control-expose-headers",
        "Location, Link, ETag, Accept-Post, Allow, Date, Content-Range, Retry-After, "
        "Palabre-Pictures",
    ),
    ("x-content-type-options", "nosniff"),
    # Browsers then tell a page how many bytes it really fetched: players show what was used.
    ("timing-allow-origin", "*"),
]


class MediaApp:
    """ASGI 3 application of a media process."""

    def __init__(self, process: MediaProcess) -> None:
        self.process = process
        self._whip = whip.Whip(process)
        self._hls = hls.Hls(process)
        self._control = control.Control(process)
        self.relay = relay.Relay()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            return
        await self.process.start()
        self.process.requests += 1
        try:
            response = await self._route(await read_request(scope, receive))
        except Problem as error:
            response = problem(error)
        except Exception:
            logger.exception("%s %s failed", scope["method"], scope["path"])
            response = problem(Problem(500, "internal", "Something went wrong here."))
        response.headers = [*_CORS, *response.headers]
        head = scope["method"] == "HEAD"
        if response.pieces is None:
            await send_response(send, response, head=head)
        else:
            await stream_response(scope, send, response, self.process.budget.sent, head=head)

    async def _route(self, request: Request) -> Response:
        parts = request.path.split("/")[1:]
        if (answer := await self._relayed(request, parts)) is not None:
            return answer
        match parts:
            case ["whip", sitting]:
                return await self._whip.endpoint(request, sitting)
            case ["whip", sitting, key]:
                return await self._whip.resource(request, sitting, key)
            case ["hls", sitting, *rest] if rest:
                response = await self._hls.serve(request, sitting, rest)
                self.process.budget.sent(len(response.body))
                return response
            case ["allowed", "hls", sitting, *rest] if rest:
                return self._hls.allowed(sitting, rest)
            case ["holder", sitting]:
                return ops.holder(self.process, sitting)
            case ["control", "status"]:
                return await self._control.overview(request)
            case ["control", "sittings", sitting]:
                return await self._control.sitting(request, sitting)
            case ["healthz"]:
                return ops.healthz()
            case ["readyz"]:
                return ops.readyz(self.process)
            case ["metrics"]:
                return ops.metrics(self.process, self.relay.passed)
        raise Problem(404, "not-found", "There is nothing here.")

    async def _relayed(self, request: Request, parts: list[str]) -> Response | None:
        """What the process says that holds the sitting, where that is another one."""
        match parts:
            case ["whip", sitting_id, *_] if request.method in ("POST", "DELETE"):
                publishes = True
            case ["hls", sitting_id, *rest] if relay.needs_holder(request.method, rest):
                publishes = False
            case _:
                return None
        sitting = self.process.find(sitting_id)
        if not isinstance(sitting, Elsewhere) or sitting.over:
            return None
        answer = await self.relay.ask(request, sitting, self.process.me.address)
        if answer is None and publishes:
            raise Problem(
                503,
                "moving",
                "The process that holds this sitting does not answer; another takes over soon.",
                [("retry-after", "1")],
            )
        return answer
