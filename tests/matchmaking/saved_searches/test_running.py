"""What a saved search finds for its reader."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.principals import Principal
from buyers.models import Buyer
from matchmaking.models import SavedSearch
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.matchmaking.saved_searches.scene import CNC, URL, cnc_firm, results_of, saved


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
