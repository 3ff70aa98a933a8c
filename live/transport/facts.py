"""`POST /internal/media/facts`: where media tells what happened."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from live.actions.media import record_facts
from live.actions.placing import is_registered
from live.delivery.process import current_process
from live.delivery.writer import perform
from live.protocol.media import MediaFacts
from live.protocol.signing import SIGNATURE_HEADER, BadSignature, check_request


@csrf_exempt
@require_POST
def media_facts(request: HttpRequest) -> HttpResponse:
    """Take facts in: 204; 401 unsigned; 422 unreadable."""
    try:
        check_request(
            request.headers.get(SIGNATURE_HEADER),
            "POST",
            request.path,
            request.body,
            settings.MEDIA_KEY,
        )
    except BadSignature as error:
        return JsonResponse({"code": "forbidden", "detail": str(error)}, status=401)
    try:
        facts = MediaFacts.model_validate_json(request.body)
    except ValidationError as error:
        return JsonResponse({"code": "invalid", "detail": str(error)}, status=422)
    if not facts.facts and (facts.server is None or is_registered(facts.server)):
        # It is still there, and nothing has happened.
        return HttpResponse(status=204)
    started = perform(lambda: record_facts(facts))
    process = current_process()
    if started and process is not None and process.orders is not None:
        process.orders.forget_soon()
    return HttpResponse(status=204)
