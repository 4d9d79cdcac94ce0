"""Shortlists through the API: whose they are, what is on them, in which order, and what nobody else learns."""

from functools import partial
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organisation
from accounts.principals import Principal
from config.errors import LimitReachedError
from matchmaking import services
from matchmaking.models import Shortlist, ShortlistEntry
from matchmaking.services import shortlists
from notifications.models import Event
from notifications.relay import readers_of
from suppliers.models import Supplier
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.fixtures.crowd import at_once

URL = "/api/v1/shortlists"
QUERIES_OF_A_LIST = 2  # ids first, since entries are counted
QUERIES_OF_ENTRIES = 2


@pytest.fixture
def buyer() -> Principal:
    return member("buyer")


def shortlist(by: Principal, **values: Any) -> Shortlist:
    return services.create_shortlist(values={"name": "Candidates", **values}, by=by)


def listed(by: Principal, count: int) -> tuple[Shortlist, list[ShortlistEntry]]:
    """A list with so many suppliers."""
    row = shortlist(by)
    items = [{"supplier": make.published_supplier()} for _ in range(count)]
    return row, services.add_entries(shortlist_id=row.pk, items=items, by=by)


def entries_of(row: Shortlist) -> str:
    return f"{URL}/{row.public_id}/entries"


def order_of(row: Shortlist) -> list[int]:
    assert list(row.entries.order_by("position").values_list("position", flat=True)) == [
        place + 1 for place in range(row.entries.count())
    ]
    return list(row.entries.order_by("position").values_list("pk", flat=True))


def topics() -> list[str]:
    return list(Event.objects.filter(topic__startswith="shortlist.").order_by("pk").values_list("topic", flat=True))


@pytest.mark.django_db
class TestLists:
    def test_a_buyer_keeps_a_list_for_a_requirement_of_its_own(self, buyer: Principal, client_for: ClientFor) -> None:
        asked = make.requirement(make.verified_buyer(buyer.organisation))
        body = {"name": "Trục thép", "description": "Đợt 1", "requirement": asked.public_id}

        response = client_for(buyer).post(URL, body, format="json")

        row = Shortlist.objects.get()
        assert response.status_code == 201
        assert response["Location"] == f"{URL}/{row.public_id}"
        assert response["ETag"]
        assert buyer.organisation is not None
        assert {name: response.json()[name] for name in (*body, "organisation", "size")} == {
            **body,
            "organisation": buyer.organisation.public_id,
            "size": 0,
        }
        assert topics() == ["shortlist.created"]

    def test_another_buyer_s_requirement_does_not_exist(self, buyer: Principal, client_for: ClientFor) -> None:
        body = {"name": "Mine", "requirement": make.requirement(visibility="public").public_id}

        response = client_for(buyer).post(URL, body, format="json")

        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/requirement")
        assert not Shortlist.objects.exists()

    def test_members_share_it_staff_read_it_and_nobody_else_knows_of_it(
        self, buyer: Principal, client_for: ClientFor
    ) -> None:
        row, (entry,) = listed(buyer, 1)
        colleague = member(role="viewer", organisation=buyer.organisation)
        seeing = [buyer, colleague, member("agency")]
        firm = member(organisation=entry.supplier.organisation)
        blind = [member("buyer"), member("supplier"), firm]

        for path in (f"{URL}/{row.public_id}", entries_of(row), f"{entries_of(row)}/{entry.public_id}"):
            assert [client_for(who).get(path).status_code for who in seeing] == [200] * 3
            assert [client_for(who).get(path).status_code for who in blind] == [404] * 3
        assert [len(client_for(who).get(URL).json()["results"]) for who in (*seeing, *blind)] == [1, 1, 1, 0, 0, 0]

    @pytest.mark.parametrize("who", ["viewer", "staff"])
    def test_those_who_may_only_read_change_nothing(self, buyer: Principal, client_for: ClientFor, who: str) -> None:
        row, (entry,) = listed(buyer, 1)
        caller = member("agency") if who == "staff" else member(role="viewer", organisation=buyer.organisation)
        client, told = client_for(caller), topics()
        any_version = {"if-match": "*"}
        body = {"supplier": make.published_supplier().public_id}

        answers = [
            client.patch(f"{URL}/{row.public_id}", {"name": "x"}, format="json", headers=any_version),
            client.delete(f"{URL}/{row.public_id}", headers=any_version),
            client.post(entries_of(row), body, format="json"),
            client.post(f"{entries_of(row)}/bulk", {"items": [body]}, format="json"),
            client.patch(f"{entries_of(row)}/{entry.public_id}", {"note": "x"}, format="json", headers=any_version),
            client.delete(f"{entries_of(row)}/{entry.public_id}", headers=any_version),
        ]

        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "not_allowed")] * 6
        assert Shortlist.objects.get().name == "Candidates"
        assert order_of(row) == [entry.pk]
        assert topics() == told

    def test_a_stranger_changes_nothing_either(self, buyer: Principal, client_for: ClientFor) -> None:
        row, (entry,) = listed(buyer, 1)
        client = client_for(member("buyer"))
        body = {"supplier": make.published_supplier().public_id}

        answers = [
            client.delete(f"{URL}/{row.public_id}", headers={"if-match": "*"}),
            client.post(entries_of(row), body, format="json"),
            client.delete(f"{entries_of(row)}/{entry.public_id}", headers={"if-match": "*"}),
        ]

        assert [answer.status_code for answer in answers] == [404] * 3
        assert order_of(row) == [entry.pk]

    def test_suppliers_keep_none_and_staff_keep_the_agency_s(self, client_for: ClientFor) -> None:
        officer = member("agency")

        assert client_for(member("supplier")).post(URL, {"name": "Rivals"}, format="json").status_code == 403
        assert client_for(officer).post(URL, {"name": "For the fair"}, format="json").status_code == 201
        assert Shortlist.objects.get().organisation == officer.organisation

    def test_a_change_needs_the_newest_version(self, buyer: Principal, client_for: ClientFor) -> None:
        row, client = shortlist(buyer), client_for(buyer)
        path = f"{URL}/{row.public_id}"
        tag = client.get(path)["ETag"]

        answers = [
            client.patch(path, {"name": "Second"}, format="json", headers={"if-match": tag}),
            client.patch(path, {"name": "Third"}, format="json", headers={"if-match": tag}),
            client.delete(path, headers={"if-match": tag}),
            client.delete(path),
        ]

        assert [answer.status_code for answer in answers] == [200, 412, 412, 428]
        assert Shortlist.objects.get().name == "Second"
        assert client.delete(path, headers={"if-match": answers[0]["ETag"]}).status_code == 204
        assert not Shortlist.objects.exists()
        assert topics() == ["shortlist.created", "shortlist.changed", "shortlist.removed"]

    def test_an_organisation_has_so_many_at_most(self, buyer: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shortlists, "MOST_LISTS", 2)
        shortlist(member("buyer"))
        for _ in range(2):
            shortlist(buyer)

        with pytest.raises(LimitReachedError) as refusal:
            shortlist(buyer)

        assert refusal.value.context == {"limit": 2}
        assert Shortlist.objects.count() == 3

    @pytest.mark.parametrize("count", [1, 50])
    def test_a_page_takes_the_same_queries_however_long(
        self, count: int, buyer: Principal, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        Shortlist.objects.bulk_create(Shortlist(organisation=buyer.organisation, name=f"{n}") for n in range(count))
        row, _ = listed(buyer, count)
        client = client_for(buyer)

        with django_assert_num_queries(QUERIES_OF_A_LIST):
            client.get(URL)
        with django_assert_num_queries(QUERIES_OF_ENTRIES):
            assert len(client.get(entries_of(row)).json()["results"]) == count

    def test_the_lists_that_a_supplier_is_on_are_found(self, buyer: Principal, client_for: ClientFor) -> None:
        row, (first, _second) = listed(buyer, 2)
        shortlist(buyer)
        listed(member("buyer"), 1)

        found = client_for(buyer).get(URL, {"supplier": first.supplier.public_id}).json()["results"]

        assert [(each["id"], each["size"]) for each in found] == [(row.public_id, 2)]


@pytest.mark.django_db
class TestEntries:
    def test_a_supplier_is_added_with_a_note_and_the_supplier_is_not_told(
        self, buyer: Principal, client_for: ClientFor
    ) -> None:
        row = shortlist(buyer)
        firm = make.published_supplier(member("supplier").organisation)

        response = client_for(buyer).post(
            entries_of(row), {"supplier": firm.public_id, "note": "Gọi lại"}, format="json"
        )

        entry = ShortlistEntry.objects.get()
        assert response.status_code == 201
        assert response["Location"] == f"{entries_of(row)}/{entry.public_id}"
        body = response.json()
        assert body["supplier"] == firm.public_id
        assert (body["is_available"], body["trade_name"]) == (True, firm.organisation.trade_name)
        assert (body["note"], body["position"]) == ("Gọi lại", 1)
        assert buyer.user is not None
        assert body["added_by"] == buyer.user.full_name
        assert body["added_at"].endswith("Z")
        event = Event.objects.get(topic="shortlist.entries_added")
        assert (event.subject, event.payload) == (row.public_id, {"suppliers": [firm.public_id]})
        assert event.audience == [buyer.organisation_id]
        assert readers_of([event]) == {}
        assert not Event.objects.filter(subject=firm.public_id).exists()

    def test_many_are_added_in_their_order_or_none(self, buyer: Principal, client_for: ClientFor) -> None:
        row, _ = listed(buyer, 1)
        client = client_for(buyer)
        firms = [make.published_supplier().public_id for _ in range(3)]
        hidden = make.published_supplier(state="suspended").public_id
        bulk = f"{entries_of(row)}/bulk"

        refused = client.post(bulk, {"items": [{"supplier": each} for each in (*firms, hidden)]}, format="json")
        twice = client.post(bulk, {"items": [{"supplier": each} for each in (*firms, firms[0])]}, format="json")

        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/items/3/supplier")
        assert (twice.status_code, twice.json()["code"], twice.json()["supplier"]) == (409, "already_exists", firms[0])
        assert row.entries.count() == 1
        added = client.post(
            bulk, {"items": [{"supplier": firms[0]}, {"supplier": firms[1]}, {"supplier": firms[2], "position": 1}]}
        )
        assert added.status_code == 201
        assert [(each["supplier"], each["position"]) for each in added.json()["results"]] == [
            (firms[2], 1),
            (firms[0], 3),
            (firms[1], 4),
        ]
        order_of(row)

    @pytest.mark.parametrize("count", [0, 101])
    def test_a_bulk_of_none_or_too_many_is_refused(self, count: int, buyer: Principal, client_for: ClientFor) -> None:
        row = shortlist(buyer)
        item = {"supplier": make.published_supplier().public_id}

        response = client_for(buyer).post(f"{entries_of(row)}/bulk", {"items": [item] * count}, format="json")

        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/items")
        assert not row.entries.exists()

    def test_a_supplier_that_is_on_it_already_is_pointed_at(self, buyer: Principal, client_for: ClientFor) -> None:
        row, (entry,) = listed(buyer, 1)

        response = client_for(buyer).post(entries_of(row), {"supplier": entry.supplier.public_id}, format="json")

        assert (response.status_code, response.json()["code"]) == (409, "already_exists")
        assert response.json()["existing"] == f"{entries_of(row)}/{entry.public_id}"
        assert row.entries.count() == 1

    def test_a_list_has_so_many_entries_at_most(
        self, buyer: Principal, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shortlists, "MOST_ENTRIES", 2)
        row, _ = listed(buyer, 1)
        items = [{"supplier": make.published_supplier().public_id} for _ in range(2)]

        response = client_for(buyer).post(f"{entries_of(row)}/bulk", {"items": items}, format="json")

        assert (response.status_code, response.json()["code"], response.json()["limit"]) == (409, "limit_reached", 2)
        assert row.entries.count() == 1

    @pytest.mark.parametrize(
        ("moved", "to", "order"), [(0, 3, "bcad"), (3, 1, "dabc"), (1, 2, "abcd"), (2, 2, "acbd"), (0, 4, "bcda")]
    )
    def test_a_move_keeps_the_order_of_the_others(
        self, moved: int, to: int, order: str, buyer: Principal, client_for: ClientFor
    ) -> None:
        row, entries = listed(buyer, 4)
        path = f"{entries_of(row)}/{entries[moved].public_id}"

        response = client_for(buyer).patch(path, {"position": to}, format="json", headers={"if-match": "*"})

        assert (response.status_code, response.json()["position"]) == (200, to)
        assert order_of(row) == [entries["abcd".index(letter)].pk for letter in order]
        shown = client_for(buyer).get(entries_of(row)).json()["results"]
        assert [each["position"] for each in shown] == [1, 2, 3, 4]

    @pytest.mark.parametrize("position", [0, -1, 4, 10**20, "1", 1.5, True, None])
    def test_a_position_that_is_none_is_refused(self, position: Any, buyer: Principal, client_for: ClientFor) -> None:
        row, entries = listed(buyer, 3)
        path = f"{entries_of(row)}/{entries[0].public_id}"

        response = client_for(buyer).patch(path, {"position": position}, format="json", headers={"if-match": "*"})

        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/position")
        assert order_of(row) == [entry.pk for entry in entries]

    def test_a_move_by_others_does_not_make_a_note_stale(self, buyer: Principal, client_for: ClientFor) -> None:
        row, entries = listed(buyer, 2)
        client = client_for(buyer)
        path = f"{entries_of(row)}/{entries[0].public_id}"
        tag = client.get(path)["ETag"]
        services.change_entry(entry_id=entries[1].pk, values={"position": 1}, by=buyer)

        first = client.patch(path, {"note": "Good"}, format="json", headers={"if-match": tag})
        second = client.patch(path, {"note": "Bad"}, format="json", headers={"if-match": tag})

        assert (first.status_code, first.json()["note"], first.json()["position"]) == (200, "Good", 2)
        assert second.status_code == 412
        entries[0].refresh_from_db()
        assert entries[0].note == "Good"

    def test_those_behind_a_removed_one_move_up(self, buyer: Principal, client_for: ClientFor) -> None:
        row, entries = listed(buyer, 3)
        path = f"{entries_of(row)}/{entries[0].public_id}"

        assert client_for(buyer).delete(path, headers={"if-match": "*"}).status_code == 204
        assert order_of(row) == [entries[1].pk, entries[2].pk]

    @pytest.mark.parametrize("state", ["suspended", "archived", "changes_requested"])
    def test_a_supplier_that_left_stays_without_its_name(
        self, state: str, buyer: Principal, client_for: ClientFor
    ) -> None:
        row, (entry,) = listed(buyer, 1)
        Supplier.objects.filter(pk=entry.supplier_id).update(state=state, state_reason="False certificate")

        shown = client_for(buyer).get(entries_of(row)).json()["results"][0]

        assert (shown["supplier"], shown["is_available"]) == (entry.supplier.public_id, False)
        assert (shown["legal_name"], shown["trade_name"]) == (None, None)
        assert "False certificate" not in str(shown)
        for_staff = client_for(member("agency")).get(entries_of(row)).json()["results"][0]
        assert (for_staff["is_available"], for_staff["legal_name"]) == (
            False,
            entry.supplier.organisation.legal_name,
        )

    def test_an_entry_is_found_only_on_its_own_list(self, buyer: Principal, client_for: ClientFor) -> None:
        _, (entry,) = listed(buyer, 1)
        other = shortlist(buyer)

        assert client_for(buyer).get(f"{entries_of(other)}/{entry.public_id}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_moves_at_the_same_moment_leave_every_position_taken_once() -> None:
    organisation = Organisation.objects.create(kind="buyer", legal_name="Kyoto Pumps")
    by = member(organisation=organisation)
    row, entries = listed(by, 5)

    at_once([partial(services.change_entry, entry_id=each.pk, values={"position": 1}, by=by) for each in entries])

    assert sorted(order_of(row)) == [entry.pk for entry in entries]
    assert ShortlistEntry.objects.filter(version=2).count() == 5
