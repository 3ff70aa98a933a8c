"""The schema of `/api/v1/`, with what django-ninja does not say by itself: that any address may
answer with a problem (RFC 9457), and which of them answer with a table."""

from typing import Any

from ninja import NinjaAPI

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `title` is in the reader's language, `code` is for programs.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
    },
    "required": ["title", "status", "code"],
}
PROBLEMS = {
    "description": "Refused",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
TABLE = {"text/csv": {"schema": {"type": "string"}}}


#: No text of ours has a NUL: an address with one is refused (`portal.middleware.NoNul`).
NO_NUL = r"^[^\x00]*$"


def _say_no_nul(schema: dict[str, Any]) -> None:
    """Say of a parameter's texts that they have no NUL."""
    for one in [schema, *schema.get("anyOf", [])]:
        if one.get("type") == "string" and not {"enum", "const", "format", "pattern"} & set(one):
            one["pattern"] = NO_NUL


class DocumentedAPI(NinjaAPI):
    """An API whose schema tells the whole truth."""

    def get_openapi_schema(self, **options: Any) -> Any:
        schema = super().get_openapi_schema(**options)
        schema["components"].setdefault("schemas", {})["Problem"] = PROBLEM
        for path, methods in schema["paths"].items():
            for operation in methods.values():
                responses = operation["responses"]
                for parameter in operation.get("parameters", ()):
                    _say_no_nul(parameter["schema"])
                responses.setdefault("4XX", PROBLEMS)
                responses.setdefault("503", PROBLEMS)
                if path.endswith(".csv"):
                    responses[200]["content"] = TABLE
        return schema
