"""Orders from web, and what media knows; every request is signed (`live.protocol.signing`)."""

from pydantic import ValidationError

from live.protocol.media import MediaOrder
from live.protocol.signing import SIGNATURE_HEADER, BadSignature, check_request

from ..claim import Fenced
from ..process import MediaProcess
from .messages import Problem, Request, Response, json_response


class Control:
    """Handlers of `/control/…`."""

    def __init__(self, process: MediaProcess) -> None:
        self._process = process

    def _check(self, request: Request) -> None:
        header = request.headers.get(SIGNATURE_HEADER)
        try:
            check_request(
                header, request.method, request.path, request.body, self._process.config.key
            )
        except BadSignature as error:
            raise Problem(401, "unsigned", str(error)) from error

    async def overview(self, request: Request) -> Response:
        """`GET /control/status`."""
        self._check(request)
        if request.method != "GET":
            raise Problem(405, "method-not-allowed", "Only GET.", [("allow", "GET")])
        return json_response(self._process.overview().model_dump_json())

    async def sitting(self, request: Request, sitting_id: str) -> Response:
        """`PUT` an order or `GET` the state of one sitting."""
        self._check(request)
        match request.method:
            case "GET":
                sitting = self._process.sittings.get(sitting_id)
                if sitting is None:
                    raise Problem(404, "unknown-sitting", "No order for this sitting.")
                return json_response(self._process.status(sitting).model_dump_json())
            case "PUT":
                return await self._obey(request, sitting_id)
        raise Problem(405, "method-not-allowed", "GET or PUT.", [("allow", "GET, PUT")])

    async def _obey(self, request: Request, sitting_id: str) -> Response:
        try:
            order = MediaOrder.model_validate_json(request.body)
        except ValidationError as error:
            raise Problem(422, "bad-order", f"Not an order: {error}") from error
        if order.sitting != sitting_id:
            raise Problem(422, "bad-order", "The order is for another sitting.")
        try:
            status = await self._process.obey(order)
        except Fenced as error:
            raise Problem(409, "other-process", f"Another process has it: {error}") from error
        except OSError as error:
            raise Problem(503, "disk", f"The order cannot be kept: {error}") from error
        return json_response(status.model_dump_json())
