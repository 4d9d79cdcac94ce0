"""Saved searches: what may be saved, what they find, and that owners are told once, and only what they may see."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership, User
from accounts.principals import Principal
from buyers.models import Buyer, Requirement
from matchmaking import services
from matchmaking.models import SavedSearch, SearchFinding, SearchNote
from matchmaking.services import alerts, searches
from notifications.mail import written
from notifications.models import Event
from notifications.relay import readers_of
from suppliers.models import Supplier, SupplierChange
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import OrganisationFactory, member

URL = "/api/v1/saved-searches"
CNC = {"process": "cnc_turning"}
QUERIES_OF_A_LIST = 1


@pytest.fixture
def buyer() -> Principal:
    principal = member("buyer")
    make.verified_buyer(principal.organisation)
    make.process()
    return principal


@pytest.fixture
def supplier() -> Principal:
    principal = member("supplier")
    make.published_supplier(principal.organisation)
    make.process()
    return principal


def saved(by: Principal, kind: str = "suppliers", *, alert: str = "at_once", **values: Any) -> SavedSearch:
    given = {"name": "CNC", "kind": kind, "filters": CNC, "alert": alert}
    return services.save_search(values={**given, **values}, by=by)


def cnc_firm(**fields: Any) -> Supplier:
    """A published firm that the search for CNC turning finds."""
    firm = make.published_supplier(**fields)
    make.capability(firm)
    return firm


def look() -> None:
    """Look at the changes. A test is one transaction, and of one the feed notes each firm once: it starts anew."""
    services.look_at_changes()
    SupplierChange.objects.all().delete()


def told_of(topic: str = "saved_search.matched") -> list[list[str]]:
    return [event.payload["found"] for event in Event.objects.filter(topic=topic).order_by("pk")]


def known_to(search: SavedSearch) -> set[int]:
    return set(search.findings.values_list("thing_id", flat=True))


def results_of(client: Any, search: SavedSearch) -> list[dict[str, Any]]:
    answer = client.get(f"{URL}/{search.public_id}/results")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


@pytest.mark.django_db
class TestSaving:
    def test_a_person_keeps_a_search(self, buyer: Principal, client_for: ClientFor) -> None:
        body = {"name": "Tiện CNC", "kind": "suppliers", "filters": CNC, "alert": "daily"}

        response = client_for(buyer).post(URL, body, format="json")

        search = SavedSearch.objects.get()
        assert response.status_code == 201
        assert response["Location"] == f"{URL}/{search.public_id}"
        shown = response.json()
        assert {name: shown[name] for name in body} == body
        assert (shown["requirement"], shown["told_at"]) == (None, None)
        assert shown["list_url"] == "/api/v1/suppliers?process=cnc_turning"
        assert client_for(buyer).get(shown["list_url"]).status_code == 200

    @pytest.mark.parametrize(
        ("filters", "pointer"),
        [
            ({"process": "no_such_process"}, "/filters/process"),
            ({"province": "24"}, "/filters/province"),
            ({"mine": "perhaps"}, "/filters/mine"),
            ({"colour": "red"}, "/filters/colour"),
            ({"cursor": "x"}, "/filters/cursor"),
            ({"process": 7}, "/filters/process"),
            ({"process": ["cnc_turning"]}, "/filters/process"),
            ({"q": "a\x00b"}, "/filters/q"),
            ({"q": "x" * 1001}, "/filters/q"),
            ("process=cnc_turning", "/filters"),
            (None, "/filters"),
        ],
    )
    def test_filters_that_the_list_would_refuse_are_refused(
        self, filters: Any, pointer: str, buyer: Principal, client_for: ClientFor
    ) -> None:
        body = {"name": "x", "kind": "suppliers", "filters": filters}

        response = client_for(buyer).post(URL, body, format="json")

        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, pointer)
        assert not SavedSearch.objects.exists()

    @pytest.mark.parametrize(
        ("filters", "pointer"),
        [
            ({"top": "0"}, "/filters/top"),
            ({"eligibility": "perfect"}, "/filters/eligibility"),
            ({"process": "cnc_turning"}, "/filters/process"),
        ],
    )
    def test_of_a_ranking_too(
        self, filters: dict[str, str], pointer: str, buyer: Principal, client_for: ClientFor
    ) -> None:
        asked = make.requirement(Buyer.objects.get(organisation=buyer.organisation))
        body = {"name": "x", "kind": "matches", "requirement": asked.public_id, "filters": filters}

        response = client_for(buyer).post(URL, body, format="json")

        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, pointer)

    @pytest.mark.parametrize(
        ("kind_of_organisation", "kind", "status"),
        [
            ("supplier", "requirements", 201),
            ("supplier", "suppliers", 400),
            ("buyer", "suppliers", 201),
            ("buyer", "requirements", 400),
            ("agency", "suppliers", 201),
            ("agency", "requirements", 201),
        ],
    )
    def test_each_kind_of_organisation_searches_what_is_of_use_to_it(
        self, kind_of_organisation: str, kind: str, status: int, client_for: ClientFor
    ) -> None:
        response = client_for(member(kind_of_organisation)).post(URL, {"name": "x", "kind": kind}, format="json")

        assert response.status_code == status
        assert SavedSearch.objects.exists() == (status == 201)

    def test_only_matches_are_of_a_requirement(self, buyer: Principal, client_for: ClientFor) -> None:
        own = make.requirement(Buyer.objects.get(organisation=buyer.organisation)).public_id
        others = make.requirement().public_id
        bodies: list[dict[str, Any]] = [
            {"kind": "matches"},
            {"kind": "suppliers", "requirement": own},
            {"kind": "matches", "requirement": others},
        ]

        answers = [client_for(buyer).post(URL, {"name": "x", **body}, format="json") for body in bodies]

        assert [(answer.status_code, answer.json()["errors"][0]["pointer"]) for answer in answers] == [
            (400, "/requirement")
        ] * 3
        assert not SavedSearch.objects.exists()

    def test_it_is_the_person_s_in_that_organisation_alone(self, buyer: Principal, client_for: ClientFor) -> None:
        search = saved(buyer)
        colleague = member(organisation=buyer.organisation)
        assert buyer.user is not None
        elsewhere = Membership.objects.create(
            user=buyer.user, organisation=OrganisationFactory.create(kind="buyer"), role="owner"
        )
        others = [colleague, Principal.of_member(elsewhere), member("buyer"), member("agency")]
        path = f"{URL}/{search.public_id}"

        for who in others:
            client = client_for(who)
            assert client.get(path).status_code == client.get(f"{path}/results").status_code == 404
            assert client.delete(path, headers={"if-match": "*"}).status_code == 404
            assert client.get(URL).json()["results"] == []
        assert [each["id"] for each in client_for(buyer).get(URL).json()["results"]] == [search.public_id]

    def test_an_organisation_has_so_many_at_most(
        self, buyer: Principal, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(searches, "MOST_SEARCHES", 2)
        saved(buyer)
        saved(member(organisation=buyer.organisation))
        saved(member("buyer"))

        response = client_for(buyer).post(URL, {"name": "x", "kind": "suppliers"}, format="json")

        assert (response.status_code, response.json()["code"], response.json()["limit"]) == (409, "limit_reached", 2)
        assert SavedSearch.objects.count() == 3

    def test_alerts_on_more_than_can_be_known_are_refused(
        self, buyer: Principal, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(alerts, "MOST_KNOWN", 1)
        for _ in range(2):
            cnc_firm()
        client, body = client_for(buyer), {"name": "x", "kind": "suppliers", "filters": CNC}

        refused = client.post(URL, {**body, "alert": "daily"}, format="json")
        assert (refused.status_code, refused.json()["code"]) == (409, "search_too_wide")
        assert (refused.json()["limit"], refused.json()["found"]) == (1, 2)
        assert not SavedSearch.objects.exists()
        assert client.post(URL, body, format="json").status_code == 201
        assert not SearchFinding.objects.exists()

    def test_a_change_needs_the_newest_version_and_makes_what_is_there_known(
        self, buyer: Principal, client_for: ClientFor
    ) -> None:
        search, firm = saved(buyer, filters={"process": make.process("casting").code}), cnc_firm()
        client, path = client_for(buyer), f"{URL}/{search.public_id}"
        tag = client.get(path)["ETag"]
        assert known_to(search) == set()

        answers = [
            client.patch(path, {"filters": CNC}, format="json", headers={"if-match": tag}),
            client.patch(path, {"filters": {}}, format="json", headers={"if-match": tag}),
            client.patch(path, {"kind": "matches"}, format="json", headers={"if-match": "*"}),
            client.patch(path, {"filters": {"x": "1"}}, format="json", headers={"if-match": "*"}),
        ]

        assert [answer.status_code for answer in answers] == [200, 412, 400, 400]
        search.refresh_from_db()
        assert search.filters == CNC
        assert known_to(search) == {firm.pk}
        look()
        assert told_of() == []

    @pytest.mark.parametrize("count", [1, 50])
    def test_a_page_takes_the_same_queries_however_long(
        self, count: int, buyer: Principal, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        membership = Membership.objects.get(user=buyer.user)
        rows = (SavedSearch(membership=membership, name=f"{n}", kind="suppliers") for n in range(count))
        SavedSearch.objects.bulk_create(rows)
        client = client_for(buyer)

        with django_assert_num_queries(QUERIES_OF_A_LIST):
            assert len(client.get(URL).json()["results"]) == count


@pytest.mark.django_db
class TestRunning:
    def test_it_finds_what_its_list_finds(self, buyer: Principal, client_for: ClientFor) -> None:
        firm = cnc_firm()
        make.capability(make.published_supplier(), "casting")
        search, client = saved(buyer), client_for(buyer)
        later = cnc_firm()

        found = results_of(client, search)

        listed = client.get("/api/v1/suppliers", CNC).json()["results"]
        assert [each["id"] for each in found] == [each["id"] for each in listed] == [later.public_id, firm.public_id]
        assert found[0] == {
            "id": later.public_id,
            "name": str(later.organisation),
            "url": f"/api/v1/suppliers/{later.public_id}",
            "found_at": None,
        }
        assert found[1]["found_at"].endswith("Z")
        assert client.get(found[0]["url"]).status_code == 200

    def test_a_supplier_s_search_finds_only_requirements_that_it_may_see(
        self, supplier: Principal, client_for: ClientFor
    ) -> None:
        public = make.requirement(title="Trục thép")
        make.requirement(visibility="matched")
        make.requirement(visibility="anonymous")
        search = saved(supplier, "requirements")

        found = results_of(client_for(supplier), search)

        assert [(each["id"], each["name"]) for each in found] == [(public.public_id, "Trục thép")]

    def test_matches_are_those_of_the_ranking_while_the_buyer_may_read_it(
        self, buyer: Principal, client_for: ClientFor
    ) -> None:
        own = Buyer.objects.get(organisation=buyer.organisation)
        asked = make.requirement(
            own,
            criteria={"tolerance": {"mode": "must"}},
            operations=({"process": "cnc_turning", "tolerance_mm": 0.05},),
        )
        good, bad = make.published_supplier(), make.published_supplier()
        make.capability(good, tolerance_mm=0.01)
        make.capability(bad, tolerance_mm=5)
        search = saved(buyer, "matches", requirement=asked, filters={"eligibility": "eligible"})

        client = client_for(buyer)
        assert [each["id"] for each in results_of(client, search)] == [good.public_id]
        lines = client.get(client.get(f"{URL}/{search.public_id}").json()["list_url"]).json()["results"]
        assert [line["supplier"] for line in lines] == [good.public_id]
        Buyer.objects.update(state="suspended")
        assert results_of(client, search) == []

    def test_filters_that_are_none_any_more_are_a_clear_refusal(self, buyer: Principal, client_for: ClientFor) -> None:
        search = saved(buyer)
        SavedSearch.objects.update(filters={"process": "no_longer_there"})

        response = client_for(buyer).get(f"{URL}/{search.public_id}/results")

        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/filters/process")

    @pytest.mark.parametrize("count", [1, 50])
    def test_a_page_of_results_takes_the_same_queries_however_long(
        self, count: int, buyer: Principal, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(count):
            make.published_supplier()
        search, client = saved(buyer, filters={}), client_for(buyer)

        with django_assert_num_queries(2):
            assert len(results_of(client, search)) == count


@pytest.mark.django_db
class TestAlerts:
    def test_what_is_there_already_is_not_news(self, buyer: Principal) -> None:
        firm = cnc_firm()

        search = saved(buyer)
        look()
        services.sweep_searches()

        assert known_to(search) == {firm.pk}
        assert told_of() == []

    def test_the_owner_is_told_once_of_what_is_new(self, buyer: Principal) -> None:
        colleague = member(organisation=buyer.organisation)
        search = saved(buyer)
        firm = cnc_firm()

        for _ in range(3):
            look()
            make.capability(firm, "milling")
            Supplier.objects.filter(pk=firm.pk).update(state="suspended")
            look()
            Supplier.objects.filter(pk=firm.pk).update(state="published")
            services.sweep_searches()

        event = Event.objects.get(topic="saved_search.matched")
        assert event.subject == search.public_id
        assert event.payload == {
            "search_name": "CNC",
            "count": 1,
            "names": [str(firm.organisation)],
            "found": [firm.public_id],
        }
        assert buyer.user is not None
        assert colleague.user is not None
        assert readers_of([event]) == {event: {buyer.user.pk}}
        search.refresh_from_db()
        assert search.told_at is not None

    @pytest.mark.parametrize("change", ["published", "now able", "audience", "opened"])
    def test_whatever_makes_it_fit_is_noticed(self, change: str, buyer: Principal, supplier: Principal) -> None:
        if change in ("published", "now able"):
            saved(buyer)
            firm = make.published_supplier(state="published" if change == "now able" else "submitted")
            look()
            make.capability(firm)
            Supplier.objects.filter(pk=firm.pk).update(state="published")
            expected = firm.public_id
        else:
            saved(supplier, "requirements")
            make.capability(Supplier.objects.get(organisation=supplier.organisation))
            asked = make.requirement(visibility="matched" if change == "audience" else "public", state="draft")
            look()
            assert told_of() == []
            Requirement.objects.filter(pk=asked.pk).update(state="open")
            look()
            services.refresh_all_audiences()
            expected = asked.public_id

        look()

        assert told_of() == [[expected]]

    def test_what_does_not_fit_or_is_hidden_is_not_told(self, supplier: Principal) -> None:
        saved(supplier, "requirements")
        make.requirement(visibility="anonymous")
        make.requirement(operations=({"process": "casting"},))
        make.requirement(state="withdrawn")
        make.requirement(make.verified_buyer(state="suspended"))

        look()
        services.sweep_searches()

        assert told_of() == []
        assert not SearchFinding.objects.exists()
        assert not SearchNote.objects.exists()

    def test_the_sweep_finds_what_no_row_s_change_tells_of(self, supplier: Principal) -> None:
        search = saved(supplier, "requirements")
        hidden = make.verified_buyer(state="suspended")
        asked = make.requirement(hidden)
        look()
        Buyer.objects.filter(pk=hidden.pk).update(state="verified")

        look()
        services.sweep_searches()
        assert told_of() == []
        SavedSearch.objects.update(swept_at=timezone.now() - timedelta(days=1, seconds=1))
        services.sweep_searches()

        assert told_of() == [[asked.public_id]]
        assert known_to(search) == {asked.pk}

    def test_many_at_once_are_one_message(self, buyer: Principal) -> None:
        saved(buyer)
        firms = [cnc_firm() for _ in range(12)]

        look()

        event = Event.objects.get(topic="saved_search.matched")
        assert (event.payload["count"], len(event.payload["names"])) == (12, 10)
        assert event.payload["found"] == [firm.public_id for firm in firms[:10]]

    def test_matches_of_a_requirement_are_told_while_it_is_open(self, buyer: Principal) -> None:
        asked = make.requirement(Buyer.objects.get(organisation=buyer.organisation))
        saved(buyer, "matches", requirement=asked, filters={"eligibility": "eligible,unconfirmed"})
        firm = cnc_firm()

        look()
        Requirement.objects.filter(pk=asked.pk).update(state="awarded")
        cnc_firm()
        look()

        assert told_of() == [[firm.public_id]]

    def test_who_left_hears_nothing_and_the_search_is_gone(self, buyer: Principal) -> None:
        saved(buyer)
        cnc_firm()
        look()
        (event,) = Event.objects.filter(topic="saved_search.matched")

        Membership.objects.filter(user=buyer.user).delete()
        cnc_firm()
        look()

        assert not SavedSearch.objects.exists()
        assert len(told_of()) == 1
        assert readers_of([event]) == {event: set()}

    def test_who_was_blocked_hears_nothing(self, buyer: Principal) -> None:
        search = saved(buyer)
        User.objects.filter(memberships__organisation=buyer.organisation).update(is_active=False)
        cnc_firm()

        look()
        services.sweep_searches()

        assert told_of() == []
        assert known_to(search) == set()

    def test_one_search_that_is_no_longer_valid_does_not_hold_up_the_others(self, buyer: Principal) -> None:
        broken = saved(buyer, name="Broken")
        saved(buyer)
        SavedSearch.objects.filter(pk=broken.pk).update(filters={"process": "no_longer_there"})
        firm = cnc_firm()

        look()

        assert told_of() == [[firm.public_id]]
        assert not SearchNote.objects.exists()

    def test_a_run_that_ends_before_its_time_leaves_the_rest_to_the_next(
        self, buyer: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        saved(buyer)
        firm = cnc_firm()

        def dies(*_arguments: Any, **_more: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(alerts, "_tell", dies)
            with pytest.raises(KeyboardInterrupt), transaction.atomic():
                look()
        assert not SearchFinding.objects.exists()

        look()

        assert told_of() == [[firm.public_id]]

    @pytest.mark.parametrize("changed", [1, 50])
    def test_a_search_costs_one_query_however_much_changed(
        self, changed: int, buyer: Principal, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(3):
            saved(buyer, filters={"process": make.process("casting").code})
        for _ in range(changed):
            make.published_supplier()

        # notes, searches, for each search its filter's process and the result, deletion, notes again
        with django_assert_num_queries(1 + 1 + 3 * 2 + 1 + 1):
            services.look_at_changes()


def morning(day: int, hour: int = 8) -> datetime:
    return datetime(2030, 5, day, hour, tzinfo=timezone.get_default_timezone())


@pytest.mark.django_db
class TestDigests:
    def test_a_day_s_news_of_all_searches_come_in_one_message(self, buyer: Principal, supplier: Principal) -> None:
        with time_machine.travel(morning(1), tick=False):
            first = saved(buyer, name="Turning", alert="daily")
            second = saved(buyer, name="Everybody", alert="daily", filters={})
            saved(buyer, name="Casting", alert="daily", filters={"process": make.process("casting").code})
            firm = cnc_firm()
            look()
            services.send_digests()
            services.send_digests()

        event = Event.objects.get(topic="saved_search.digest")
        membership = Membership.objects.get(user=buyer.user)
        assert event.subject == membership.public_id
        assert event.payload["lines"] == [f"Turning (1): {firm}", f"Everybody (1): {firm}"]
        assert [(each["search"], each["found"]) for each in event.payload["searches"]] == [
            (first.public_id, [firm.public_id]),
            (second.public_id, [firm.public_id]),
        ]
        assert told_of() == []
        assert not SearchFinding.objects.filter(is_told=False).exists()
        assert buyer.user is not None
        subject, text = written(event, buyer.user)
        assert subject == "What your saved searches have found since yesterday"
        assert f"\n\nTurning (1): {firm}\n\nEverybody (1): {firm}\n\n" in text

    def test_the_next_one_goes_out_the_next_morning(self, buyer: Principal) -> None:
        with time_machine.travel(morning(1), tick=False):
            saved(buyer, alert="daily")
        counts = []
        for at in (morning(1, 12), morning(1, 20), morning(2, 6), morning(2, 7), morning(2, 9)):
            with time_machine.travel(at, tick=False):
                cnc_firm()
                look()
                services.send_digests()
                counts.append(Event.objects.filter(topic="saved_search.digest").count())

        assert counts == [1, 1, 1, 2, 2]
        assert [
            event.payload["searches"][0]["count"] for event in Event.objects.filter(topic="saved_search.digest")
        ] == [
            1,
            3,
        ]

    def test_what_the_owner_may_not_see_any_more_is_left_out(self, buyer: Principal) -> None:
        with time_machine.travel(morning(1), tick=False):
            saved(buyer, alert="daily")
            gone, there = cnc_firm(), cnc_firm()
            look()
            Supplier.objects.filter(pk=gone.pk).update(state="suspended")
            services.send_digests()

        event = Event.objects.get(topic="saved_search.digest")
        assert event.payload["lines"] == [f"CNC (1): {there}"]

    def test_where_nothing_is_left_nobody_is_told(self, buyer: Principal) -> None:
        with time_machine.travel(morning(1), tick=False):
            saved(buyer, alert="daily")
            firm = cnc_firm()
            look()
            Supplier.objects.filter(pk=firm.pk).update(state="suspended")
            services.send_digests()

        assert not Event.objects.filter(topic="saved_search.digest").exists()


@pytest.mark.django_db(transaction=True)
def test_runs_at_the_same_moment_tell_once(buyer: Principal) -> None:
    search = saved(buyer)
    firm = cnc_firm()
    start = Barrier(4)

    def run() -> None:
        start.wait()
        services.look_at_changes()
        database.close()

    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(run) for _ in range(4)]:
            each.result()

    assert told_of() == [[firm.public_id]]
    assert known_to(search) == {firm.pk}
