"""Who reads what of frozen rankings."""

import json

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.principals import Principal
from buyers.models import Buyer, RequirementAudience
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.matchmaking.match_runs.scene import URL, frozen, lines_of
from tests.matchmaking.matches.scene import example_requirement, example_suppliers

pytestmark = pytest.mark.django_db
ADMIN = "/admin/matchmaking/matchrun/"


def test_a_supplier_reads_its_own_line_and_nothing_of_others(buyer: Principal, client_for: ClientFor) -> None:
    suppliers, requirement = example_suppliers(), example_requirement(buyer)
    run = frozen(client_for(buyer), requirement)
    client = client_for(member(organisation=suppliers["C"].organisation))

    found, shown = client.get(URL), client.get(f"{URL}/{run['id']}")
    lines = client.get(f"{URL}/{run['id']}/results?count=true")

    assert [each["id"] for each in found.json()["results"]] == [run["id"]]
    assert shown.json().keys() & {"counts", "beyond", "sha256"} == set()
    (line,) = lines.json()["results"]
    assert (line["supplier"], line["rank"], line["failed"]) == (suppliers["C"].public_id, None, ["tolerance"])
    assert lines.json()["count"] == 1
    told = "".join(answer.content.decode() for answer in (found, shown, lines))
    assert [name for name in "ABD" if suppliers[name].public_id in told] == []
    assert run["sha256"] not in told
    assert client.get(f"{URL}/{run['id']}/facts").status_code == 404


def test_a_supplier_without_a_line_finds_nothing(buyer: Principal, client_for: ClientFor) -> None:
    example_suppliers()
    run = frozen(client_for(buyer), example_requirement(buyer))
    client = client_for(member(organisation=make.published_supplier().organisation))

    assert client.get(URL).json()["results"] == []
    for path in ("", "/results", "/facts"):
        assert client.get(f"{URL}/{run['id']}{path}").status_code == 404


def test_a_supplier_reads_its_line_only_while_it_may_know_where_the_buyer_is(client_for: ClientFor) -> None:
    """The line tells how far that is."""
    supplier = make.published_supplier()
    make.capability(supplier, at=make.site(supplier, latitude=21.0, longitude=105.8))
    requirement = make.requirement(visibility="anonymous", plant={"latitude": 21.9, "longitude": 106.7})
    run = make.match_run(requirement)
    audience = RequirementAudience.objects.create(
        requirement=requirement, organisation=supplier.organisation, reason="match"
    )
    client = client_for(member(organisation=supplier.organisation))
    paths = [f"{URL}/{run.public_id}{part}" for part in ("", "/results")]

    assert client.get(f"/api/v1/requirements/{requirement.public_id}").status_code == 200
    assert [client.get(path).status_code for path in paths] == [404, 404]
    assert client.get(URL).json()["results"] == []

    RequirementAudience.objects.filter(pk=audience.pk).update(knows_buyer=True)
    assert [client.get(path).status_code for path in paths] == [200, 200]

    RequirementAudience.objects.all().delete()
    assert [client.get(path).status_code for path in paths] == [404, 404]


def test_other_buyers_find_nothing_and_staff_find_all(buyer: Principal, client_for: ClientFor) -> None:
    example_suppliers()
    run = frozen(client_for(buyer), example_requirement(buyer))
    stranger = member("buyer")
    make.verified_buyer(stranger.organisation)

    assert client_for(stranger).get(f"{URL}/{run['id']}").status_code == 404
    assert client_for(stranger).get(URL).json()["results"] == []
    assert len(lines_of(client_for(member("agency")), run)) == 4


def test_a_suspended_buyer_keeps_the_run_and_reads_no_lines(buyer: Principal, client_for: ClientFor) -> None:
    example_suppliers()
    run = frozen(client_for(buyer), example_requirement(buyer))
    Buyer.objects.update(state="suspended")

    assert client_for(buyer).get(f"{URL}/{run['id']}").json() == run
    refused = client_for(buyer).get(f"{URL}/{run['id']}/results")
    assert (refused.status_code, refused.json()["code"]) == (403, "buyer_not_verified")


def test_the_facts_file_is_for_staff_alone_and_is_downloaded(buyer: Principal, client_for: ClientFor) -> None:
    example_suppliers()
    run = frozen(client_for(buyer), example_requirement(buyer))
    path = f"{URL}/{run['id']}/facts"

    assert client_for(buyer).get(path).status_code == 404
    answer = client_for(member("agency", role="viewer")).get(path)
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == f'attachment; filename="{run["id"]}.json"'


def test_runs_are_listed_by_requirement_and_lines_come_in_pages(buyer: Principal, client_for: ClientFor) -> None:
    example_suppliers()
    client = client_for(buyer)
    first = example_requirement(buyer)
    second = example_requirement(None)
    second.buyer = first.buyer
    second.save()
    runs = [frozen(client, requirement) for requirement in (first, second, first)]

    found = client.get(URL, {"requirement": first.public_id}).json()["results"]
    page = client.get(f"{URL}/{runs[0]['id']}/results", {"page_size": 3}).json()
    rest = client.get(page["next"]).json()

    assert [each["id"] for each in found] == [runs[2]["id"], runs[0]["id"]]
    assert [line["rank"] for line in (*page["results"], *rest["results"])] == [1, 2, 3, 4]
    assert rest["next"] is None
    assert client.get(rest["previous"]).json()["results"] == page["results"]


@pytest.mark.parametrize("count", [1, 50])
def test_reading_takes_as_many_queries_for_fifty_as_for_one(
    count: int, buyer: Principal, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    requirement, client = example_requirement(buyer), client_for(buyer)
    for _ in range(count):
        make.capability(make.published_supplier(), tolerance_mm=0.01)
    for _ in range(min(count, 5)):
        run = frozen(client, requirement)

    with django_assert_num_queries(1):
        client.get(URL)
    with django_assert_num_queries(3):
        assert len(lines_of(client, run)) == count


class TestAdmin:
    @pytest.fixture
    def officer(self) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(User.objects.create_superuser("officer@agency.example"))
        return client

    def test_staff_look_at_a_run_and_download_its_facts(self, officer: Client) -> None:
        suppliers = example_suppliers()
        run = make.match_run(example_requirement())

        page = officer.get(f"{ADMIN}{run.pk}/change/")
        facts = officer.get(f"{ADMIN}{run.pk}/facts")

        assert f'href="{ADMIN}{run.pk}/facts"' in page.content.decode()
        assert str(suppliers["A"]) in page.content.decode()
        assert run.sha256 in page.content.decode()
        assert json.loads(b"".join(facts.streaming_content))["requirement"]["id"] == run.requirement.public_id  # type: ignore[attr-defined]
        assert officer.post(f"{ADMIN}{run.pk}/change/", {"sha256": "0"}).status_code == 403
        assert officer.get(f"{ADMIN}{run.pk}/delete/").status_code == 403

    def test_the_file_is_for_who_may_look_at_runs(self, officer: Client) -> None:
        run = make.match_run(example_requirement())
        clerk = Client()
        clerk.force_login(User.objects.create_user("clerk@agency.example", is_staff=True))

        assert clerk.get(f"{ADMIN}{run.pk}/facts").status_code == 404
        assert officer.get(f"{ADMIN}999999/facts").status_code == 404

    def test_a_list_takes_as_many_queries_for_twenty_as_for_one(
        self, officer: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        make.match_run(example_requirement())
        officer.get(ADMIN)
        with django_assert_num_queries(6):
            officer.get(ADMIN)
        for _ in range(19):
            make.match_run(example_requirement())

        with django_assert_num_queries(6):
            officer.get(ADMIN)
