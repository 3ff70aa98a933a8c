"""How much each flag counts for the risk queue, from 0 to 100."""

from typing import Any

WEIGHTS = {
    "word": 45,
    "phone": 35,
    "email": 35,
    "link": 30,
    "flood": 30,
    "capitals": 10,
    "new_account": 5,
    # It takes two moderators to refuse it, but is no reason to.
    "about_host": 0,
}
#: Each report by a citizen; a few friends who report together do not outweigh an insult.
PER_REPORT, MOST_BY_REPORTS = 15, 60
MOST = 100


def risk_of(flags: list[dict[str, Any]], reports: int) -> int:
    """The risk of a question with these flags and reports. The same flag counts once."""
    codes = {flag["code"] for flag in flags}
    noticed = sum(WEIGHTS.get(code, 0) for code in codes)
    return min(MOST, noticed + min(reports * PER_REPORT, MOST_BY_REPORTS))


def with_reports(
    flags: list[dict[str, Any]], reports: int, code: str
) -> tuple[list[dict[str, Any]], int]:
    """Flags and risk after one more report, for the reason `code`."""
    reasons = {flag["excerpt"] for flag in flags if flag["code"] == "reported"}
    if code not in reasons:
        flags = [*flags, {"code": "reported", "excerpt": code}]
    return flags, risk_of(flags, reports)
