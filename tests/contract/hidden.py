"""Ids of what a caller may not see, for tests that use them in lists, filters and bodies."""

from functools import cache

from tests.contract.authorisation import EXISTING, table
from tests.fixtures.routes import Operation, operations
from tests.fixtures.world import NEVER, World

COLLECTION_OF = {
    "buyer": "buyers",
    "capability": "capabilities",
    "certificate": "certificates",
    "check": "checks",
    "connection": "connections",
    "endpoint": "webhook-endpoints",
    "firm": "suppliers",
    "organisation": "organisations",
    "plant": "plants",
    "programme": "support-programmes",
    "reader": "organisations",
    "requirement": "requirements",
    "shortlist": "shortlists",
    "site": "sites",
    "supplier": "suppliers",
    "until": "notifications",
}
"""Of what a parameter or a member of a body is an id, by its name."""
OF_ANYTHING = {"subject": ("requirements", "capabilities", "certificates", "webhook-endpoints")}
"""Names under which the id of several kinds of things may stand."""


@cache
def retrieving() -> dict[str, Operation]:
    """How one thing of each collection is read."""
    return {
        list(each.collections.values())[-1]: each
        for each in operations()
        if each.operation_id.endswith("_retrieve") and each.collections
    }


def collections_of(name: str) -> tuple[str, ...]:
    """Those of whose things a parameter or member of that name takes an id."""
    return OF_ANYTHING.get(name) or ((COLLECTION_OF[name],) if name in COLLECTION_OF else ())


def hidden_ids(world: World, who: str, collection: str) -> list[str]:
    """Ids of things that are there, and that this caller may not see."""
    read = retrieving().get(collection)
    if read is None:
        return []
    found = []
    for target in EXISTING:
        cell = table().get((read.operation_id, target), {}).get(who)
        if cell == "404" and collection in world.ids(target, who):
            found.append(world.ids(target, who)[collection])
    return found


def never_id(like: str) -> str:
    """An id of the same kind that was never given."""
    return f"{like.partition('_')[0]}_{NEVER}0000"
