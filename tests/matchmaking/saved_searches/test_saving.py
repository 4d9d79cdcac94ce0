"""What may be saved as a search, by whom, and who sees it."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership
from accounts.principals import Principal
from buyers.models import Buyer
from matchmaking.models import SavedSearch, SearchFinding
from matchmaking.services import alerts, searches
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import OrganisationFactory, member
from tests.matchmaking.saved_searches.scene import CNC, QUERIES_OF_A_LIST, URL, cnc_firm, known_to, look, saved, told_of


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
