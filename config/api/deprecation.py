"""How an operation goes: announced in its answers (RFC 9745), with the day of its end (RFC 8594)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils.http import http_date

SHORTEST_NOTICE = timedelta(days=182)
"""Six months lie between the announcement and the end."""


@dataclass(frozen=True, kw_only=True)
class Deprecation:
    """Set as `deprecation` on a view, or by `@action` or `@act` on one of its operations.

    Args:
        since: the day from which on callers are told.
        sunset: the day on which it ends, six months later or more; None while that is not settled.
        link: address of the page that says what to use instead.
    """

    since: date
    sunset: date | None
    link: str

    def __post_init__(self) -> None:
        if self.sunset is not None and self.sunset - self.since < SHORTEST_NOTICE:
            raise ValueError("callers are given six months' notice")

    @property
    def headers(self) -> dict[str, str]:
        announced = {"Deprecation": f"@{_timestamp(self.since)}", "Link": f'<{self.link}>; rel="deprecation"'}
        return {**announced, "Sunset": http_date(_timestamp(self.sunset))} if self.sunset else announced


def _timestamp(day: date) -> int:
    return int(datetime.combine(day, time.min, tzinfo=UTC).timestamp())
