"""`/api/v1/`: the routers of the apps, and errors as problems (RFC 9457)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja.errors import AuthenticationError, ValidationError

from consultations.api.commitments import router as commitments
from consultations.api.concerns import boards as concern_boards
from consultations.api.concerns import router as concerns
from consultations.api.polls import router as polls
from consultations.api.push import router as push
from live.archive.api import router as archive
from live.protocol.errors import ErrorCode, Refused
from live.transport.api import router as sittings
from live.transport.wording import message
from moderation.api import communes as moderation_of_communes
from moderation.api import sittings as moderation_of_sittings
from portal.api import concerns as similar_concerns
from portal.api import router as questions
from portal.communes_api import router as communes
from portal.documents.api import of_sittings as documents_at_hand
from portal.documents.api import router as documents
from portal.hearing_api import router as hearings
from portal.practices_api import of_communes as agendas
from portal.practices_api import router as practices
from portal.search.api import router as search

from .openapi import DocumentedAPI

STATUS = {
    ErrorCode.SIGN_IN: 401,
    ErrorCode.EXPIRED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.SANCTIONED: 403,
    ErrorCode.NOT_LISTED: 403,
    ErrorCode.NOT_IN_HALL: 403,
    ErrorCode.WRONG_CODE: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.WRONG_STATE: 409,
    ErrorCode.CONFLICT: 409,
    ErrorCode.TOO_LARGE: 413,
    ErrorCode.INVALID: 422,
    ErrorCode.TOO_OFTEN: 429,
    ErrorCode.INTERNAL: 500,
    ErrorCode.BUSY: 503,
}

api = DocumentedAPI(
    title="Palabre",
    version="1",
    description="Sittings of communes, live and archived. Reading what is public needs no account.",
    urls_namespace="api",
)
api.add_router("/sittings", sittings)
api.add_router("/sittings", archive)
api.add_router("/sittings", polls)
api.add_router("/sittings", questions)
api.add_router("/sittings", documents_at_hand)
api.add_router("/sittings", hearings)
api.add_router("/sittings", moderation_of_sittings)
api.add_router("/communes", communes)
api.add_router("/communes", commitments)
api.add_router("/communes", concern_boards)
api.add_router("/communes", moderation_of_communes)
api.add_router("/concerns", similar_concerns)
api.add_router("/concerns", concerns)
api.add_router("/documents", documents)
api.add_router("/communes", agendas)
api.add_router("/practices", practices)
api.add_router("/search", search)
api.add_router("/me", push)


def _problem(request: HttpRequest, refused: Refused) -> HttpResponse:
    status = STATUS.get(refused.code, 400)
    problem = {
        "type": "about:blank",
        "title": message(refused, get_language() or "fr"),
        "status": status,
        "code": refused.code,
        "detail": refused.detail,
    }
    response = api.create_response(request, problem, status=status)
    response["Content-Type"] = "application/problem+json"
    if refused.retry_after:
        response["Retry-After"] = str(max(1, round(refused.retry_after)))
    return response


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return _problem(request, error)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return _problem(request, Refused(ErrorCode.INVALID, str(error.errors)))


@api.exception_handler(AuthenticationError)
def unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return _problem(request, Refused(ErrorCode.SIGN_IN))


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return _problem(request, Refused(ErrorCode.NOT_FOUND, str(error)))
