"""The world that other tests walk leads everywhere."""

import pytest
from pytest_django.fixtures import Settings

from tests.fixtures.routes import operation, operations
from tests.fixtures.world import TARGETS, World

pytestmark = pytest.mark.django_db


def test_every_path_leads_somewhere() -> None:
    """A new kind of resource needs a line in tests/fixtures/world.py."""
    world = World.build()

    lost = [
        str(each)
        for each in operations()
        if not any(world.path(each, target, who) for target in TARGETS[:5] for who in world.clients)
    ]

    assert len(operations()) > 100
    assert lost == []


def test_everybody_is_who_they_are_said_to_be(settings: Settings) -> None:
    settings.STAFF_MFA_REQUIRED = True
    world = World.build()

    acting_for = {
        who: client.get("/api/v1/organisations").json()["results"][0]["id"]
        for who, client in world.clients.items()
        if who.endswith(("_owner", "_editor", "_viewer", "_read", "_write")) and not who.startswith("staff")
    }

    assert acting_for == {who: world.own[world.party_of(who)]["organisations"] for who in acting_for}
    assert len(acting_for) == 10


@pytest.mark.parametrize(
    ("who", "code"),
    [("staff_without_second_factor", "second_factor_required"), ("supplier_key_webhooks", "scope_missing")],
)
def test_who_is_not_let_in_does_not_read_what_the_published_shows_to_its_own(
    who: str, code: str, settings: Settings
) -> None:
    settings.STAFF_MFA_REQUIRED = True
    world = World.build()

    for name in (
        "suppliers_list",
        "suppliers_retrieve",
        "suppliers_sites_list",
        "suppliers_certificates_retrieve",
    ):
        refused = world.send(who, operation(name), "public")
        assert (refused.status_code, refused.json()["code"]) == (403, code), name
        assert world.send("anonymous", operation(name), "public").status_code == 200
        assert world.send("staff_owner", operation(name), "public").status_code == 200
