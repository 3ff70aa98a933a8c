"""Who the HTTP API lets change something: whoever is signed in, on a page of ours."""

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import SessionAuth

from live.protocol.errors import ErrorCode, Refused


class SignedIn(SessionAuth):
    """The session's person, with the token against forged requests where something is changed.

    A visitor is told to sign in first: they have no token, and need none.
    """

    def _get_key(self, request: HttpRequest) -> str | None:
        if not request.user.is_authenticated:
            raise Refused(ErrorCode.SIGN_IN)
        try:
            return super()._get_key(request)
        except HttpError as error:
            raise Refused(ErrorCode.FORBIDDEN, "the CSRF token is missing or wrong") from error


signed_in = SignedIn()
