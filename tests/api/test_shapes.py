"""Promise 5: callers choose fields, related resources, order and filters from lists that each endpoint declares."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Organisation
from buyers.models import Plant
from config.api.conditional import version_of
from matchmaking.models import Connection
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.buyers import BuyerFactory, PlantFactory
from tests.fixtures.routes import Operation, operations
from tests.fixtures.world import World

pytestmark = pytest.mark.django_db
Covered = Callable[[int, str], None]
READERS = ("staff_owner", "supplier_owner", "buyer_owner", "person", "anonymous")
TARGETS = ("own", "public", "told", "closed", "other")
SHAPED = [each for each in operations() if hasattr(each.view, "shaped") and each.action in ("list", "retrieve")]


def answered(world: World, operation: Operation) -> Iterator[tuple[APIClient, str, Any]]:
    """Who reads what of the operation: the client, the path, the body."""
    for who in READERS:
        paths = {world.path(operation, target, who) for target in TARGETS}
        for path in sorted(path for path in paths if path):
            answer = world.clients[who].get(path)
            if answer.status_code == 200:
                yield world.clients[who], path, answer.json()


def resources(body: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = body.get("results", [body])
    return found


def expansions_of(operation: Operation) -> dict[str, Any]:
    if hasattr(operation.view, "get_serializer_class") and operation.view.serializer_class is None:
        view = operation.view()
        view.action = operation.action
        return dict(view.get_serializer_class().expansions)
    return dict(operation.view.serializer_class.expansions)


def test_fields_can_be_chosen_of_every_resource(covered: Covered) -> None:
    world = World.build()

    for operation in SHAPED:
        found = next((found for found in answered(world, operation) if resources(found[2])), None)
        assert found is not None, f"nobody reads anything of {operation}"
        client, path, body = found
        name = min(set().union(*resources(body)) - {"id"})
        chosen = client.get(path, {"fields": name})
        refused = client.get(path, {"fields": f"{name},nothing"})

        shown = [{key: row[key] for key in ("id", name) if key in row} for row in resources(body)]
        assert resources(chosen.json()) == shown, str(operation)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/fields")

    covered(len(SHAPED), "GET operations show the fields that were chosen, and refuse others")


def test_an_expansion_shows_what_its_reader_would_read_at_its_own_address_and_nothing_else(covered: Covered) -> None:
    world = World.build()
    addresses = {each.view.serializer_class: each for each in SHAPED if each.action == "retrieve"}
    expanding = [each for each in SHAPED if expansions_of(each)]
    shown = hidden = 0

    for operation in expanding:
        expansions = expansions_of(operation)
        for client, path, _body in answered(world, operation):
            parents = {"supplier_id": path.split("/")[4]} if "/suppliers/sup_" in path else {}
            for row in resources(client.get(path, {"expand": ",".join(expansions)}).json()):
                assert row["expanded"].keys() == expansions.keys()
                for name, related in row["expanded"].items():
                    if row.get(name) is None:
                        assert related is None, f"{operation} {name}"
                        continue
                    address = addresses[expansions[name].serializer].address(**parents, id=row[name])
                    own = client.get(address)
                    assert related == (own.json() if own.status_code == 200 else None), f"{operation} {name}"
                    shown, hidden = shown + (related is not None), hidden + (related is None)
            assert client.get(path, {"expand": "nothing"}).status_code == 400

    assert (shown > 20, hidden > 2) == (True, True), (shown, hidden)
    covered(len(expanding), "GET operations expand only what the reader sees at its own address")


def test_expansions_cost_the_same_for_one_row_as_for_many(client_for: ClientFor) -> None:
    client, counts = client_for(member("agency")), []

    for rows in (1, 20):
        make.ConnectionFactory.create_batch(rows)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = client.get("/api/v1/connections", {"expand": "requirement,supplier,buyer"})
        counts.append(len(queries))
        assert all(row["expanded"]["requirement"]["id"] == row["requirement"] for row in answer.json()["results"])

    assert len(answer.json()["results"]) == 21
    assert counts[0] == counts[1]


def test_the_tag_tells_representations_apart_and_the_version_does_not(client_for: ClientFor) -> None:
    asked = make.ConnectionFactory.create()
    seller = member(organisation=asked.supplier.organisation)
    client, path = client_for(seller), f"/api/v1/connections/{asked.public_id}"

    tags = [
        client.get(path)["ETag"],
        client.get(path, {"fields": "state"})["ETag"],
        client.get(path, {"expand": "supplier"})["ETag"],
        client.get(path, headers={"accept-language": "vi"})["ETag"],
    ]

    assert len(set(tags)) == 4
    assert {version_of(tag) for tag in tags} == {asked.version}
    assert client.get(path, {"fields": "state"}, headers={"if-none-match": tags[1]}).status_code == 304
    assert client.get(path, {"fields": "state"}, headers={"if-none-match": tags[0]}).status_code == 200


def pages(body: Any, client: APIClient, link: str) -> Iterator[Any]:
    """This page and all that follow by `next` or `previous`."""
    yield body
    while body[link] is not None:
        body = client.get(body[link]).json()
        yield body


def test_every_order_can_be_paged_through_both_ways(covered: Covered) -> None:
    world, walked = World.build(), 0
    make.ConnectionFactory.create_batch(3)
    PlantFactory.create_batch(3, name="Same name")
    staff = world.clients["staff_owner"]

    for operation in SHAPED:
        if operation.action != "list" or not operation.setting("orderings"):
            continue
        path = operation.address()
        for name in [sign + name for name in operation.setting("orderings") for sign in ("", "-")]:
            whole = {"ordering": name, "fields": "id"}
            ids = [row["id"] for row in staff.get(path, {**whole, "page_size": "200"}).json()["results"]]
            there = list(pages(staff.get(path, {**whole, "page_size": f"{len(ids) // 3 + 1}"}).json(), staff, "next"))
            back = list(pages(there[-1], staff, "previous"))

            assert [row["id"] for page in there for row in page["results"]] == ids, f"{operation} {name}"
            assert [row["id"] for page in reversed(back) for row in page["results"]] == ids, f"{operation} {name}"
            assert len(there) == len(back) >= 2, f"{operation} {name}"
            walked += 1
        assert staff.get(path, {"ordering": "nothing"}).status_code == 400

    covered(walked, "orders of lists lead through all rows, both ways")


def test_lists_come_in_the_order_that_was_asked(client_for: ClientFor) -> None:
    buyer = BuyerFactory.create()
    for name in ("B", "C", "A"):
        PlantFactory.create(buyer=buyer, name=name)
    client = client_for(member("agency"))

    orders = {
        order: "".join(row["name"] for row in client.get("/api/v1/plants", {"ordering": order}).json()["results"])
        for order in ("name", "-name", "created_at", "-created_at")
    }

    assert orders == {"name": "ABC", "-name": "CBA", "created_at": "BCA", "-created_at": "ACB"}


def test_look_ups_find_what_they_say(client_for: ClientFor) -> None:
    old = PlantFactory.create(name="Nhà máy Bắc")
    new = PlantFactory.create(name="South works")
    Plant.objects.filter(pk=old.pk).update(created_at="2026-01-01T00:00:00Z")
    client = client_for(member("agency"))

    found = {
        query: [row["id"] for row in client.get(f"/api/v1/plants?{query}").json()["results"]]
        for query in (
            "name__contains=WORKS",
            "created_at__lte=2026-01-01T00:00:00Z",
            "created_at__gte=2026-01-02T00:00:00Z",
            "park__isnull=true",
            "park__isnull=false",
            f"buyer={old.buyer.public_id}",
        )
    }

    assert list(found.values()) == [
        [new.public_id],
        [old.public_id],
        [new.public_id],
        [new.public_id, old.public_id],
        [],
        [old.public_id],
    ]


def test_a_list_of_values_finds_any_of_them_and_refuses_what_is_none(client_for: ClientFor) -> None:
    for kind in Organisation.Kind.values:
        OrganisationFactory.create(kind=kind)
    client = client_for(member("agency"))

    found = client.get("/api/v1/organisations", {"kind__in": "buyer,supplier"})
    refused = client.get("/api/v1/organisations", {"kind__in": "buyer,nothing"})

    assert sorted(row["kind"] for row in found.json()["results"]) == ["buyer", "supplier"]
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/kind__in")


def test_every_filter_refuses_what_it_cannot_read(covered: Covered) -> None:
    world, checked = World.build(), 0
    typed = ("__gte", "__lte", "__isnull", "state__in", "kind__in", "role__in")

    for operation in SHAPED:
        filterset = operation.setting("filterset_class")
        for name in filterset.base_filters if filterset and operation.action == "list" else ():
            if not name.endswith(typed):
                continue
            paths = (world.path(operation, target, "staff_owner") for target in ("public", "other"))
            path = next(filter(None, paths), operation.address())
            refused = world.clients["staff_owner"].get(path, {name: "no-such-value"})
            assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, f"/{name}"), str(operation)
            checked += 1

    covered(checked, "filters refuse values that they cannot read")


def test_every_operation_refuses_a_parameter_that_it_does_not_know(covered: Covered) -> None:
    world, passed_over = World.build(), []

    for operation in operations():
        path = f"{operation.address()}?nonsense=1"
        answers = (world.clients[who].generic(operation.method, path) for who in READERS)
        refused = next((answer for answer in answers if answer.status_code == 400), None)
        if refused is None or refused.json()["errors"][0]["pointer"] != "/nonsense":
            passed_over.append(str(operation))

    assert passed_over == []
    covered(len(operations()), "operations refuse a parameter that they do not know")


def test_connections_of_an_anonymous_buyer_expand_to_nothing_that_names_it(client_for: ClientFor) -> None:
    requirement = make.requirement(visibility="anonymous")
    asked = make.ConnectionFactory.create(requirement=requirement)
    seller = client_for(member(organisation=asked.supplier.organisation))

    body = seller.get(f"/api/v1/connections/{asked.public_id}", {"expand": "requirement,buyer"})

    assert Connection.objects.count() == 1
    assert body.json()["expanded"]["buyer"] is None
    assert requirement.buyer.organisation.legal_name not in body.content.decode()
    assert requirement.buyer.public_id not in body.content.decode()
