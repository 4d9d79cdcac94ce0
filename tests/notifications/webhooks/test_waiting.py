"""How long an endpoint is left alone after it failed: by the specification, or as it asks."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.webhooks import waiting

AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_the_waits_are_those_of_the_specification() -> None:
    total = sum(waiting.WEBHOOK_WAITS, timedelta())

    assert waiting.TRIES == 10
    assert timedelta(days=3) < total < timedelta(days=4)
    for failures, wait in enumerate(waiting.WEBHOOK_WAITS, start=1):
        assert wait <= waiting.wait_after(failures) <= wait * 1.1


@pytest.mark.parametrize(
    ("code", "said", "wait"),
    [
        (429, "120", timedelta(minutes=2)),
        (503, " 0 ", timedelta()),
        (503, "99999999999999999999", timedelta(hours=24)),
        (503, "Wed, 25 Nov 2026 10:30:00 GMT", timedelta(minutes=90)),
        (503, "Wed, 25 Nov 2026 10:30:00 -0000", timedelta(minutes=90)),
        (429, "Wed, 25 Nov 2020 10:30:00 GMT", timedelta()),
        (429, "Wed, 25 Nov 2099 10:30:00 GMT", timedelta(hours=24)),
        (500, "120", timedelta()),
        (503, "", timedelta()),
        (503, "-5", timedelta()),
        (503, "1.5", timedelta()),
        (503, "\u0663", timedelta()),
        (503, "Mon, 01 Jan 0001 00:00:00 +9999", timedelta()),
        (503, "soon", timedelta()),
    ],
)
def test_what_a_receiver_asks_is_read_and_bounded(code: int, said: str, wait: timedelta) -> None:
    assert waiting.asked_wait(code, said, at=AT) == wait
