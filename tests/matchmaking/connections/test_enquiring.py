"""A shortlist is asked in one act, and its answers stand side by side."""

import pytest
from pytest_django import DjangoAssertNumQueries

from matchmaking import services
from matchmaking.models import Connection, Shortlist
from suppliers.models import Supplier
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.matchmaking.connections.scene import Sides, post, topics


def shortlist(sides: Sides, firms: list[Supplier], *, for_requirement: bool = True) -> Shortlist:
    requirement = sides.requirement if for_requirement else None
    made = services.create_shortlist(values={"name": "Shafts", "requirement": requirement}, by=sides.buyer)
    services.add_entries(shortlist_id=made.pk, items=[{"supplier": firm} for firm in firms], by=sides.buyer)
    return made


def address(made: Shortlist, act: str) -> str:
    return f"/api/v1/shortlists/{made.public_id}/{act}"


@pytest.mark.django_db
class TestEnquiring:
    def test_each_supplier_is_asked_once_and_who_cannot_be_is_named(self, sides: Sides, client_for: ClientFor) -> None:
        asked_before, gone, new = make.published_supplier(), make.published_supplier(), sides.firm
        made = shortlist(sides, [asked_before, gone, new])
        make.ConnectionFactory.create(requirement=sides.requirement, supplier=asked_before, state="withdrawn")
        live = services.request_connection(
            requirement_id=sides.requirement.pk, supplier_id=asked_before.pk, by=sides.buyer
        )
        Supplier.objects.filter(pk=gone.pk).update(state="suspended")

        response = post(client_for(sides.buyer), address(made, "enquire"), {"message": "Xin chào"})

        connection = Connection.objects.get(supplier=new)
        assert response.status_code == 200
        assert response.json()["results"] == [
            {"supplier": asked_before.public_id, "connection": live.public_id, "code": "already_exists"},
            {"supplier": gone.public_id, "connection": None, "code": "supplier_not_published"},
            {"supplier": new.public_id, "connection": connection.public_id, "code": ""},
        ]
        assert (connection.message, connection.state) == ("Xin chào", "requested")
        assert topics().count("connection.requested") == 2

    def test_answers_stand_side_by_side(
        self, sides: Sides, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        firms = [make.published_supplier() for _ in range(10)]
        made = shortlist(sides, [sides.firm, *firms])
        services.enquire_shortlist(
            shortlist_id=made.pk, suppliers=[sides.firm.public_id, firms[0].public_id], by=sides.buyer
        )
        declined = Connection.objects.get(supplier=sides.firm)
        services.decline_connection(connection_id=declined.pk, reason="capacity", by=sides.supplier)

        with django_assert_num_queries(3):
            rows = client_for(sides.buyer).get(address(made, "answers")).json()["results"]

        assert [(row["position"], row["state"], row["decline_reason"]) for row in rows[:3]] == [
            (1, "declined", "capacity"),
            (2, "requested", ""),
            (3, None, ""),
        ]
        assert rows[0]["answered_at"] is not None
        assert len(rows) == 11

    def test_without_a_requirement_nobody_is_asked(self, sides: Sides, client_for: ClientFor) -> None:
        made = shortlist(sides, [sides.firm], for_requirement=False)

        response = post(client_for(sides.buyer), address(made, "enquire"))

        assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "no_requirement")
        assert not Connection.objects.exists()

    def test_who_is_not_on_the_list_is_not_asked(self, sides: Sides, client_for: ClientFor) -> None:
        made, other = shortlist(sides, [sides.firm]), make.published_supplier()

        response = post(client_for(sides.buyer), address(made, "enquire"), {"suppliers": [other.public_id]})

        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/suppliers")
        assert not Connection.objects.exists()

    def test_more_than_fifty_are_too_many_at_once(self, sides: Sides, client_for: ClientFor) -> None:
        made = shortlist(sides, [make.published_supplier() for _ in range(51)])

        response = post(client_for(sides.buyer), address(made, "enquire"))

        assert (response.status_code, response.json()["code"]) == (409, "limit_reached")
        assert not Connection.objects.exists()

    def test_an_ended_requirement_is_asked_of_nobody(self, sides: Sides, client_for: ClientFor) -> None:
        made = shortlist(sides, [sides.firm, make.published_supplier()])
        type(sides.requirement).objects.update(state="awarded")

        response = post(client_for(sides.buyer), address(made, "enquire"))

        assert (response.status_code, response.json()["code"]) == (409, "requirement_not_open")
        assert not Connection.objects.exists()
