"""From where an API key works, what is remembered of its use, and of whom its owners hear."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts.models import ApiKey
from accounts.services import issue_api_key, rotate_api_key, warn_of_expiring_keys
from accounts.tasks import warn_of_expiring_keys as task
from notifications.models import Event
from notifications.relay import readers_of
from tests.factories.accounts import MembershipFactory, member

pytestmark = pytest.mark.django_db
URL = "/api/v1/organisations"


def get(key: str, *, peer: str = "127.0.0.1", forwarded: str | None = None) -> Any:
    headers = {"authorization": f"Bearer {key}", "accept-language": "en"}
    if forwarded is not None:
        headers["x-forwarded-for"] = forwarded
    return APIClient(headers=headers).get(URL, REMOTE_ADDR=peer)


def key_for(*networks: str) -> tuple[ApiKey, str]:
    return issue_api_key(name="ERP", scopes=["read"], allowed_networks=networks, by=member())


@pytest.mark.parametrize("peer", ["203.0.113.0", "203.0.113.255", "2001:db8::1", "::ffff:203.0.113.9"])
def test_a_key_works_from_its_networks(peer: str) -> None:
    api_key, key = key_for("203.0.113.0/24", "2001:db8::/32")

    assert get(key, peer=peer).status_code == 200
    api_key.refresh_from_db()
    assert api_key.last_used_from == peer.removeprefix("::ffff:")


@pytest.mark.parametrize(
    ("peer", "told"),
    [
        *[(peer, peer) for peer in ("203.0.114.0", "2001:db9::1", "127.0.0.1", "::1")],
        ("", "?"),
        ("unix:", "?"),
    ],
)
def test_from_anywhere_else_it_is_refused_by_name_and_that_is_remembered(peer: str, told: str) -> None:
    api_key, key = key_for("203.0.113.0/24", "2001:db8::/32")

    response = get(key, peer=peer)

    assert (response.status_code, response.json()["code"]) == (403, "network_not_allowed")
    assert f"from the address {told}." in response.json()["detail"]
    api_key.refresh_from_db()
    assert (api_key.last_used_at, api_key.version) == (None, 1)
    assert api_key.last_refused_at is not None
    assert Event.objects.filter(topic="api_key.refused", subject=api_key.public_id).count() == 1


def test_a_key_without_networks_works_from_anywhere() -> None:
    _api_key, key = key_for()

    assert get(key, peer="198.51.100.1").status_code == 200
    assert get(key, peer="").status_code == 200


@pytest.mark.parametrize(
    ("proxies", "forwarded", "allowed"),
    [
        (0, "203.0.113.9", False),  # sent by the caller: nobody of ours has added it
        (1, "203.0.113.9", True),
        (1, "203.0.113.9, 198.51.100.1", False),  # the first is the caller's own claim
        (1, "198.51.100.1, 203.0.113.9", True),
        (1, "203.0.113.9:50123", True),
        (1, "[2001:db8::9]:443", True),
        (1, None, False),
        (1, "", False),
        (1, "203.0.113.9, nonsense", False),
        (2, "203.0.113.9, 10.0.0.1", True),
        (2, "203.0.113.9, 198.51.100.1, 10.0.0.1", False),
        (2, "203.0.113.9", True),  # came past the outer proxy: still what a proxy of ours saw
    ],
)
def test_the_address_is_the_one_that_our_own_proxies_saw(
    settings: Settings, proxies: int, forwarded: str | None, allowed: bool
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    _api_key, key = key_for("203.0.113.0/24", "2001:db8::/32")

    assert get(key, peer="10.0.0.2", forwarded=forwarded).status_code == (200 if allowed else 403)


def test_owners_alone_are_told_of_a_refusal_and_once_a_day() -> None:
    api_key, key = key_for("203.0.113.0/24")
    MembershipFactory.create(organisation=api_key.organisation, role="editor")
    start = timezone.now()
    for hours in (0, 1, 23, 25):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            get(key, peer="198.51.100.1")
            get(key, peer="198.51.100.2")

    told = list(Event.objects.filter(topic="api_key.refused").order_by("pk"))
    assert [event.payload["address"] for event in told] == ["198.51.100.1", "198.51.100.1"]
    assert api_key.created_by is not None
    assert readers_of(told[:1]) == {told[0]: {api_key.created_by_id}}
    api_key.refresh_from_db()
    assert api_key.last_refused_from == "198.51.100.2"


def test_a_wrong_secret_from_a_foreign_network_is_just_unknown() -> None:
    api_key, _key = key_for("203.0.113.0/24")

    assert get(f"{api_key.visible_prefix}.{'a' * 43}", peer="198.51.100.1").status_code == 401
    assert not Event.objects.filter(topic="api_key.refused").exists()


def test_use_from_another_address_is_noted_at_once() -> None:
    api_key, key = key_for()
    start = timezone.now()
    for seconds, peer in ((0, "198.51.100.1"), (1, "198.51.100.1"), (2, "198.51.100.2")):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            get(key, peer=peer)

    api_key.refresh_from_db()
    assert (api_key.last_used_at, api_key.last_used_from) == (start + timedelta(seconds=2), "198.51.100.2")


def warned_at(api_key: ApiKey, days_before: float) -> list[str]:
    with time_machine.travel(api_key.expires_at - timedelta(days=days_before), tick=False):
        task()
        warn_of_expiring_keys()
    return list(Event.objects.filter(topic="api_key.expiring").order_by("pk").values_list("subject", flat=True))


def test_owners_are_warned_thirty_and_seven_days_before_a_key_ends() -> None:
    api_key, _key = key_for()

    assert warned_at(api_key, 31) == []
    assert warned_at(api_key, 30) == [api_key.public_id]
    assert warned_at(api_key, 8) == [api_key.public_id]
    assert warned_at(api_key, 7) == [api_key.public_id] * 2
    assert warned_at(api_key, 1) == [api_key.public_id] * 2
    assert warned_at(api_key, -1) == [api_key.public_id] * 2
    event = Event.objects.filter(topic="api_key.expiring")[0]
    assert event.payload["expires_on"] == timezone.localtime(api_key.expires_at).date().isoformat()


def test_a_scheduler_that_was_away_warns_once_and_not_twice() -> None:
    api_key, _key = key_for()

    assert warned_at(api_key, 3) == [api_key.public_id]


def test_a_key_made_for_two_weeks_is_warned_of_in_its_last_only() -> None:
    api_key, _key = issue_api_key(
        name="ERP", scopes=["read"], expires_at=timezone.now() + timedelta(days=14), by=member()
    )

    assert warned_at(api_key, 13) == []
    assert warned_at(api_key, 6) == [api_key.public_id]


def test_nobody_is_warned_of_a_key_that_has_a_successor_or_was_revoked() -> None:
    owner = member()
    replaced, _key = issue_api_key(name="ERP", scopes=["read"], by=owner)
    rotate_api_key(api_key_id=replaced.pk, overlap_hours=48, by=owner)
    replaced.refresh_from_db()
    revoked, _key = key_for()
    ApiKey.objects.filter(pk=revoked.pk).update(revoked_at=timezone.now())

    assert warned_at(replaced, 1) == []
    assert revoked.public_id not in warned_at(revoked, 1)
