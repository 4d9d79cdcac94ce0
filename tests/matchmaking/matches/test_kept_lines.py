"""Lines of rankings are said anew only where their supplier or requirement has changed, and read as if all were."""

import json
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings
from rest_framework.renderers import JSONRenderer

from accounts.models import Organisation
from accounts.principals import Principal
from buyers.models import Criterion, Requirement
from matchmaking.api.v1 import lines
from matchmaking.api.v1.kept import KeptLines, Line
from matchmaking.api.v1.ranking_questions import RankingQuestion
from matchmaking.catalogue import Snapshot, current
from matchmaking.engine.canonical import sha256
from matchmaking.engine.version import ENGINE_VERSION
from matchmaking.presentation import Viewer, names_of, present
from matchmaking.services import RequirementVersion, Wanted, match_requirement
from suppliers.models import Capability, Supplier
from tests.matchmaking.matches.scene import example_requirement, example_suppliers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_catalogue")]

WANTED = Wanted(top=20)


@pytest.fixture(autouse=True)
def no_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "kept", KeptLines())


@pytest.fixture
def firms() -> dict[str, Supplier]:
    return example_suppliers()


@pytest.fixture
def requirement(buyer: Principal, firms: dict[str, Supplier]) -> Requirement:
    return example_requirement(buyer)


def question(requirement: Requirement) -> RankingQuestion:
    return RankingQuestion(
        requirement=RequirementVersion.of(requirement),
        content_version=requirement.content_version,
        viewer=Viewer.STAFF,
        wanted=WANTED,
        language="en",
    )


def said(requirement: Requirement, snapshot: Snapshot | None = None) -> tuple[Any, list[str]]:
    """The answer, and whose lines were said anew: only their names are asked for."""
    snapshot = snapshot or current()
    with CaptureQueriesContext(connection) as queries:
        told = question(requirement).answer(snapshot)
    anew = [query["sql"] for query in queries if "legal_name" in query["sql"] or "EXECUTE names" in query["sql"]]
    firms = Supplier.objects.values_list("public_id", flat=True).order_by("public_id")
    return json.loads(told), [firm for firm in firms if any(firm in sql for sql in anew)]


def in_full(requirement: Requirement) -> dict[str, Any]:
    """The same answer, made in one piece."""
    found = match_requirement(requirement, WANTED)
    shown = present(found, found.positions, viewer=Viewer.STAFF, language="en")
    answer = {"requirement": requirement.public_id, "requirement_version": requirement.content_version}
    return {**answer, "order": "score", **shown}


def test_an_answer_put_together_is_the_one_made_in_one_piece_to_the_byte(requirement: Requirement) -> None:
    whole = JSONRenderer().render(in_full(requirement))

    assert question(requirement).answer(current()) == whole
    Organisation.objects.filter(kind="buyer").update(legal_name="Another")  # no supplier's
    assert question(requirement).answer(current()) == whole


def test_its_hash_is_that_of_the_results_of_the_engine(requirement: Requirement) -> None:
    found = match_requirement(requirement, WANTED)

    sealed = sha256({"engine_version": ENGINE_VERSION, "results": found.ranking.lines(found.positions)})

    assert said(requirement)[0]["sha256"] == sealed


def test_only_who_has_changed_is_explained_anew_and_all_are_ranked_anew(
    requirement: Requirement, firms: dict[str, Supplier]
) -> None:
    before, everybody = said(requirement)
    assert everybody == sorted(firm.public_id for firm in firms.values())

    Capability.objects.filter(site__supplier=firms["C"]).update(tolerance_mm=0.02)
    after, anew = said(requirement)

    assert anew == [firms["C"].public_id]
    assert after == in_full(requirement)
    old, new = ({line["supplier"]: line for line in answer["results"]} for answer in (before, after))
    assert [line["rank"] for line in after["results"]] == [1, 2, 3, 4]
    assert {name for name in old if old[name]["rank"] != new[name]["rank"]}
    for name in set(old) - set(anew):
        assert {**old[name], "rank": 0} == {**new[name], "rank": 0}


def test_a_name_that_changes_and_a_firm_that_comes_back_are_said_anew(
    requirement: Requirement, firms: dict[str, Supplier]
) -> None:
    said(requirement)
    firm = firms["A"]

    Organisation.objects.filter(pk=firm.organisation_id).update(legal_name="Renamed Ltd")
    renamed, anew = said(requirement)
    assert anew == [firm.public_id]
    assert [line["legal_name"] for line in renamed["results"]].count("Renamed Ltd") == 1

    Supplier.objects.filter(pk=firm.pk).update(state="suspended")
    gone, nobody = said(requirement)
    assert (len(gone["results"]), nobody) == (len(renamed["results"]) - 1, [])

    Supplier.objects.filter(pk=firm.pk).update(state="published")
    assert said(requirement) == (in_full(requirement), [firm.public_id])


def test_another_version_of_the_requirement_has_lines_of_its_own(requirement: Requirement) -> None:
    said(requirement)

    Criterion.objects.filter(requirement=requirement).update(mode="should")
    requirement.save_next_version()

    told, anew = said(requirement)
    assert told == in_full(requirement)
    assert len(anew) == 4


def test_what_a_transaction_takes_back_leaves_no_line(requirement: Requirement, firms: dict[str, Supplier]) -> None:
    with transaction.atomic():
        Criterion.objects.filter(requirement=requirement).update(mode="off")
        requirement.save_next_version()
        Organisation.objects.filter(pk=firms["A"].organisation_id).update(legal_name="Never Ltd")
        inside, _ = said(requirement)
        transaction.set_rollback(True)
    requirement.refresh_from_db()
    requirement.save_next_version()

    outside, anew = said(requirement)

    assert inside["counts"]["eligible"] == 3
    assert "Never Ltd" in [line["legal_name"] for line in inside["results"]]
    assert len(anew) == 4
    assert outside == in_full(requirement)


def test_lines_that_nobody_asked_for_again_go_first(settings: Settings) -> None:
    settings.MATCH_LINES_KEPT_BYTES = 20
    kept, line = KeptLines(), Line((b"12", b"34"), (b"5678", b"9"))
    kept.keep([("a", line), ("b", line)])
    assert kept.find(["a"]) == [line]

    kept.keep([("c", line)])

    assert kept.find(["a", "b", "c"]) == [line, None, line]


def test_names_are_found_also_where_a_pooler_has_not_kept_the_statement(firms: dict[str, Supplier]) -> None:
    ids = [firm.public_id for firm in firms.values()]
    before = names_of(ids)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    assert names_of(ids) == before
    assert {firm.public_id: firm.organisation.legal_name for firm in firms.values()} == {
        firm: names["legal_name"] for firm, names in before.items()
    }
    assert names_of([]) == names_of(["sup_0"]) == {}
