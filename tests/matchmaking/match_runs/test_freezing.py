"""Freezing a ranking: what is kept, that it stays, and that it replays."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from accounts.principals import Principal
from buyers.models import Buyer, Requirement
from buyers.services import change_requirement
from matchmaking.models import MatchResult, MatchRun
from matchmaking.services import freeze_matches, match_runs
from matchmaking.services.explaining import bare, explained
from notifications.models import Event
from suppliers.models import Capability, Supplier
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.fixtures.crowd import at_once
from tests.matchmaking.match_runs.scene import URL, facts_of, frozen, lines_of, replayed
from tests.matchmaking.matches.scene import example_requirement, example_suppliers, matches_of

pytestmark = pytest.mark.django_db


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (MatchRun, MatchResult, Event)]


class TestWhatIsKept:
    def test_a_run_names_what_was_asked_when_and_what_came_of_it(self, buyer: Principal, client_for: ClientFor) -> None:
        example_suppliers()
        requirement, client = example_requirement(buyer), client_for(buyer)
        live = client.get(matches_of(requirement)).json()

        response = client.post(URL, {"requirement": requirement.public_id}, format="json")

        run = response.json()
        assert response.status_code == 201
        assert response["Location"] == f"{URL}/{run['id']}"
        assert (run["requirement"], run["requirement_version"]) == (requirement.public_id, 1)
        assert (run["as_of"], run["engine_version"]) == (live["as_of"], live["engine_version"])
        assert run["counts"] == {"eligible": 1, "unconfirmed": 2, "near_miss": 1}
        assert run["beyond"] == {"eligible": 0, "unconfirmed": 0, "near_miss": 0}
        assert run["criteria"] == {
            "process": {"mode": "must", "weight": 3.0, "min_level": 0},
            "tolerance": {"mode": "must", "weight": 2.0, "min_level": 0},
            "lead_time": {"mode": "should", "weight": 1.0, "min_level": 0},
        }
        assert run["asked"]["operations"][0]["tolerance_mm"] == 0.02
        assert client.get(response["Location"]).json() == run
        event = Event.objects.get(topic="match_run.created")
        assert (event.subject, event.actor) == (run["id"], buyer.user)

    def test_its_lines_are_those_of_the_live_ranking(self, buyer: Principal, client_for: ClientFor) -> None:
        example_suppliers()
        requirement, client = example_requirement(buyer), client_for(buyer)
        for language in ("en", "vi"):
            live = client.get(matches_of(requirement), headers={"accept-language": language}).json()["results"]

            run = frozen(client, requirement)

            lines = lines_of(client, run, **{"accept-language": language})
            assert len(lines) == 4
            assert [line.pop("is_available") for line in lines] == [True] * 4
            assert lines == live

    def test_the_first_lines_are_kept_and_the_others_counted(
        self, buyer: Principal, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(match_runs, "MOST_FROZEN", 2)
        suppliers, requirement = example_suppliers(), example_requirement(buyer)
        client = client_for(buyer)

        run = frozen(client, requirement)

        lines = lines_of(client, run)
        assert [line["supplier"] for line in lines] == [suppliers[name].public_id for name in "AD"]
        assert run["counts"] == {"eligible": 1, "unconfirmed": 2, "near_miss": 1}
        assert run["beyond"] == {"eligible": 0, "unconfirmed": 1, "near_miss": 1}
        facts = facts_of(client_for(member("agency")), run)
        assert {firm["id"] for firm in json.loads(facts)["suppliers"]} == {line["supplier"] for line in lines}
        assert replayed(facts, tmp_path)["sha256"] == run["sha256"]

    def test_a_requirement_that_nobody_answers_gives_an_empty_run(
        self, buyer: Principal, client_for: ClientFor, tmp_path: Path
    ) -> None:
        requirement = example_requirement(buyer)
        client = client_for(buyer)

        run = frozen(client, requirement)

        assert run["counts"] == {"eligible": 0, "unconfirmed": 0, "near_miss": 0}
        assert lines_of(client, run) == []
        assert replayed(facts_of(client_for(member("agency")), run), tmp_path)["sha256"] == run["sha256"]

    def test_what_is_frozen_no_longer_changes_with_firms_and_requirement(
        self, buyer: Principal, client_for: ClientFor
    ) -> None:
        suppliers, requirement = example_suppliers(), example_requirement(buyer)
        client = client_for(buyer)
        run = frozen(client, requirement)
        before = lines_of(client, run)

        Capability.objects.update(tolerance_mm=5)
        address = f"/api/v1/requirements/{requirement.public_id}"
        client.patch(address, {"lead_time_days": 60}, format="json", headers={"if-match": "*"})
        suppliers["A"].organisation.trade_name = "New name"
        suppliers["A"].organisation.save()

        after = lines_of(client, run)
        assert after == [{**before[0], "trade_name": "New name"}, *before[1:]]
        assert [line["score"] for line in after] == [0.775, 0.55, 0.475, 0.625]
        assert client.get(f"{URL}/{run['id']}").json() == run
        assert frozen(client, requirement)["requirement_version"] == 2


class TestThatItStays:
    @pytest.mark.parametrize(
        "change",
        [
            lambda: MatchRun.objects.update(sha256="0"),
            lambda: MatchRun.objects.update(created_by=None),
            lambda: MatchRun.objects.all().delete(),
            lambda: MatchResult.objects.update(rank=9),
            lambda: MatchResult.objects.filter(rank=1).delete(),
        ],
    )
    def test_the_database_refuses_to_change_or_delete_a_run(self, change: Any) -> None:
        example_suppliers()
        make.match_run(example_requirement())
        before = everything()

        with pytest.raises(DatabaseError, match="frozen run"), transaction.atomic():
            change()

        assert everything() == before

    def test_a_requirement_with_a_run_is_not_deleted(self) -> None:
        run = make.match_run(example_requirement())

        with pytest.raises(ProtectedError), transaction.atomic():
            run.requirement.delete()

        assert Requirement.objects.filter(pk=run.requirement_id).exists()


class TestReplay:
    def test_the_facts_file_replays_to_the_same_lines_and_hash_without_the_product(
        self, buyer: Principal, client_for: ClientFor, tmp_path: Path
    ) -> None:
        suppliers, requirement = example_suppliers(), example_requirement(buyer)
        run = frozen(client_for(buyer), requirement)
        lines = [bare(line) for line in lines_of(client_for(buyer), run)]
        facts = facts_of(client_for(member("agency")), run)

        ranking = replayed(facts, tmp_path)

        assert ranking["results"] == lines
        assert (ranking["sha256"], ranking["engine_version"]) == (run["sha256"], run["engine_version"])
        assert {firm["id"] for firm in json.loads(facts)["suppliers"]} == {
            firm.public_id for firm in suppliers.values()
        }

    def test_the_hash_is_that_of_the_contract(self, buyer: Principal, client_for: ClientFor) -> None:
        example_suppliers()
        run = frozen(client_for(buyer), example_requirement(buyer))
        facts = json.loads(facts_of(client_for(member("agency")), run))

        def sha256(document: Any) -> str:
            text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            return hashlib.sha256(text.encode()).hexdigest()

        results = [bare(line) for line in lines_of(client_for(buyer), run)]
        sealed = {"engine_version": run["engine_version"], "facts_sha256": sha256(facts), "results": results}
        assert run["sha256"] == sha256(sealed)

    def test_it_replays_after_a_firm_was_erased_and_names_it_no_more(
        self, buyer: Principal, client_for: ClientFor, tmp_path: Path
    ) -> None:
        suppliers, requirement = example_suppliers(), example_requirement(buyer)
        client = client_for(buyer)
        run = frozen(client, requirement)
        suppliers["A"].organisation.delete()
        Supplier.objects.filter(pk=suppliers["D"].pk).update(state="suspended")

        first, second, *_rest = lines_of(client, run)

        assert (first["supplier"], first["score"]) == (suppliers["A"].public_id, 0.775)
        for gone in (first, second):
            assert (gone["legal_name"], gone["trade_name"], gone["is_available"]) == (None, None, False)
        assert replayed(facts_of(client_for(member("agency")), run), tmp_path)["sha256"] == run["sha256"]

    def test_the_file_names_nobody(self, buyer: Principal, client_for: ClientFor) -> None:
        suppliers, requirement = example_suppliers(), example_requirement(buyer, title="Shaft for Lan")
        run = frozen(client_for(buyer), requirement)

        text = facts_of(client_for(member("agency")), run).decode()

        names = [firm.organisation.legal_name for firm in suppliers.values()]
        assert [
            word for word in (*names, "Shaft for Lan", requirement.buyer.organisation.legal_name) if word in text
        ] == []


class TestRefusals:
    @pytest.mark.parametrize(
        ("state", "code"), [("draft", "requirement_not_open"), ("withdrawn", "requirement_not_open")]
    )
    def test_only_open_requirements_are_frozen(
        self, buyer: Principal, client_for: ClientFor, state: str, code: str
    ) -> None:
        requirement = example_requirement(buyer, state=state)

        response = client_for(buyer).post(URL, {"requirement": requirement.public_id}, format="json")

        assert (response.status_code, response.json()["code"]) == (409, code)
        assert everything() == [[], [], []]

    def test_a_buyer_that_staff_do_not_vouch_for_freezes_nothing(self, buyer: Principal, client_for: ClientFor) -> None:
        requirement = example_requirement(buyer)
        Buyer.objects.update(state="suspended")

        response = client_for(buyer).post(URL, {"requirement": requirement.public_id}, format="json")

        assert (response.status_code, response.json()["code"]) == (403, "buyer_not_verified")
        assert everything() == [[], [], []]

    def test_who_only_reads_freezes_nothing(self, buyer: Principal, client_for: ClientFor) -> None:
        requirement = example_requirement(buyer)
        viewer = member(role="viewer", organisation=buyer.organisation)

        response = client_for(viewer).post(URL, {"requirement": requirement.public_id}, format="json")

        assert (response.status_code, response.json()["code"]) == (403, "not_allowed")
        assert everything() == [[], [], []]

    def test_a_repeated_request_freezes_once(self, buyer: Principal, client_for: ClientFor) -> None:
        example_suppliers()
        requirement = example_requirement(buyer)
        client = client_for(buyer)

        answers = [
            client.post(
                URL, {"requirement": requirement.public_id}, format="json", headers={"idempotency-key": "order-7"}
            )
            for _ in range(2)
        ]

        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        assert MatchRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_requirement_that_changes_while_it_is_explained_is_frozen_as_it_is_by_then(
    buyer: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever changes it does not have to wait until it is explained."""
    example_suppliers()
    requirement = example_requirement(buyer)
    changed_to: list[float | None] = []

    def change() -> float | None:
        change_requirement(requirement_id=requirement.pk, values={"lead_time_days": 60}, by=buyer)
        return Requirement.objects.get(pk=requirement.pk).lead_time_days

    def while_it_changes(*arguments: Any) -> Any:
        if not changed_to:
            changed_to.extend(at_once([change]))
        return explained(*arguments)

    monkeypatch.setattr(match_runs, "explained", while_it_changes)

    run = freeze_matches(requirement_id=requirement.pk, by=buyer)

    assert changed_to == [60]
    assert (run.requirement_version, run.asked["lead_time_days"]) == (2, 60)
    assert json.loads(run.facts_file)["requirement"] == run.asked
    assert run.results.count() == 4
    assert MatchRun.objects.count() == 1


def test_freezing_takes_as_many_queries_for_fifty_firms_as_for_one(buyer: Principal) -> None:
    requirement = example_requirement(buyer)
    freeze_matches(requirement_id=requirement.pk, by=buyer)  # the process keeps what the requirement asks
    queries, lines = [], []
    for more in (1, 49):
        for _ in range(more):
            make.capability(make.published_supplier(), tolerance_mm=0.01)
        with CaptureQueriesContext(connection) as captured:
            run = freeze_matches(requirement_id=requirement.pk, by=buyer)
        queries.append(len(captured))
        lines.append(run.results.count())

    assert lines == [1, 50]
    assert queries[0] == queries[1]


def test_lines_of_many_operations_are_stored_few_at_a_time(buyer: Principal) -> None:
    """All at once they were so much that the statement ran out of its time."""
    firms = [make.published_supplier() for _ in range(5)]
    for firm in firms:
        make.capability(firm, tolerance_mm=0.01)
    asked_by = make.verified_buyer(buyer.organisation)
    requirement = make.requirement(asked_by, operations=tuple({"process": "cnc_turning"} for _ in range(50)))

    with CaptureQueriesContext(connection) as captured:
        run = freeze_matches(requirement_id=requirement.pk, by=buyer)

    assert set(run.results.values_list("supplier_id", flat=True)) == {firm.pk for firm in firms}
    assert [len(line["operations"]) for line in run.results.values_list("lines__vi", flat=True)] == [50] * 5
    assert sum('INSERT INTO "matchmaking_matchresult"' in query["sql"] for query in captured) == 2
