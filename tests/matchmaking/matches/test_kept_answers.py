"""Rankings that are told again: the same bytes while nothing changes, and never what is not true any more."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from accounts.models import Organisation
from accounts.principals import Principal
from buyers.models import Buyer, Criterion
from matchmaking.api.v1.kept import KeptAnswers
from matchmaking.catalogue import Snapshot, current
from matchmaking.services import match_requirement
from suppliers.models import Capability, Supplier
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.matchmaking.matches.scene import example_requirement, example_suppliers, matches_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_catalogue")]


def ask(client: Any, path: str, language: str = "en") -> tuple[bytes, int]:
    """The answer, and how many queries it took."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(path, headers={"accept-language": language})
    assert (answer.status_code, answer["content-type"]) == (200, "application/json")
    return answer.content, len(queries)


def test_the_same_question_gets_the_same_bytes_without_ranking_again(buyer: Principal, client_for: ClientFor) -> None:
    example_suppliers()
    path = matches_of(example_requirement(buyer))
    client = client_for(buyer)
    ask(client, f"{path}?top=1")

    first, queries = ask(client, path)
    again, fewer = ask(client, path)

    assert again == first
    assert fewer == queries - 1  # what the firms are called


def test_another_choice_or_language_is_another_question(buyer: Principal, client_for: ClientFor) -> None:
    example_suppliers()
    path = matches_of(example_requirement(buyer))
    client = client_for(buyer)

    answers = [
        ask(client, path)[0],
        ask(client, path, "vi")[0],
        ask(client, f"{path}?top=2")[0],
        ask(client, f"{path}?order=potential")[0],
        ask(client, f"{path}?eligibility=near_miss")[0],
    ]

    assert len(set(answers)) == 5
    assert ask(client, path)[0] == answers[0]


def test_order_of_eligibilities_makes_no_difference(buyer: Principal, client_for: ClientFor) -> None:
    example_suppliers()
    path = matches_of(example_requirement(buyer))
    client = client_for(buyer)

    one, _ = ask(client, f"{path}?eligibility=near_miss,eligible")

    assert ask(client, f"{path}?eligibility=eligible,near_miss,eligible")[0] == one


def test_a_change_of_facts_names_or_states_is_told_at_once(buyer: Principal, client_for: ClientFor) -> None:
    firms = example_suppliers()
    path = matches_of(example_requirement(buyer))
    client = client_for(buyer)
    before = client.get(path).json()

    Capability.objects.filter(site__supplier=firms["C"]).update(tolerance_mm=0.02)
    after_facts = client.get(path).json()
    Organisation.objects.filter(pk=firms["A"].organisation_id).update(trade_name="Renamed")
    after_name = client.get(path).json()
    Supplier.objects.filter(pk=firms["A"].pk).update(state="suspended")
    after_state = client.get(path).json()

    assert before["counts"] == {"eligible": 1, "unconfirmed": 2, "near_miss": 1}
    assert after_facts["counts"] == {"eligible": 2, "unconfirmed": 2, "near_miss": 0}
    assert [line["trade_name"] for line in after_name["results"]].count("Renamed") == 1
    assert firms["A"].public_id not in [line["supplier"] for line in after_state["results"]]


def test_a_change_of_the_requirement_is_told_at_once(buyer: Principal, client_for: ClientFor) -> None:
    example_suppliers()
    requirement = example_requirement(buyer)
    client = client_for(buyer)
    before = client.get(matches_of(requirement)).json()

    Criterion.objects.filter(requirement=requirement).update(mode="should")
    requirement.save_next_version()

    assert before["counts"]["near_miss"] == 1
    assert client.get(matches_of(requirement)).json()["counts"]["near_miss"] == 0


def test_what_a_transaction_took_back_is_not_what_its_version_asks(buyer: Principal, client_for: ClientFor) -> None:
    example_suppliers()
    requirement = example_requirement(buyer)

    with transaction.atomic():
        Criterion.objects.filter(requirement=requirement).update(mode="off")
        requirement.save_next_version()
        assert match_requirement(requirement).ranking.counts["eligible"] == 3
        transaction.set_rollback(True)
    requirement.refresh_from_db()
    requirement.save_next_version()

    assert requirement.version == 2
    assert client_for(buyer).get(matches_of(requirement)).json()["counts"]["eligible"] == 1


def test_nobody_gets_what_was_kept_for_those_who_may_see_more(buyer: Principal, client_for: ClientFor) -> None:
    firms = example_suppliers()
    requirement = example_requirement(buyer)
    path = matches_of(requirement)
    supplier = client_for(member("supplier", organisation=firms["C"].organisation))

    assert len(client_for(member("agency")).get(path).json()["results"]) == 4
    assert [line["supplier"] for line in supplier.get(path).json()["results"]] == [firms["C"].public_id]
    assert len(client_for(buyer).get(path).json()["results"]) == 4
    Buyer.objects.update(state="suspended")
    assert client_for(buyer).get(path).status_code == 403
    assert client_for(member("buyer")).get(path).status_code == 404


def test_what_was_asked_longest_ago_goes_first(settings: Settings) -> None:
    settings.MATCH_ANSWERS_KEPT_BYTES = 10
    kept, snapshot = KeptAnswers(), current()
    kept.keep(snapshot, "a", b"12345")
    kept.keep(snapshot, "b", b"12345")
    assert kept.find(snapshot, "a") == b"12345"

    kept.keep(snapshot, "c", b"123")

    assert [kept.find(snapshot, question) for question in "abc"] == [b"12345", None, b"123"]
    kept.keep(snapshot, "d", b"12345678901")
    assert [kept.find(snapshot, question) for question in "abcd"] == [None] * 4


def test_another_snapshot_makes_all_of_it_worthless() -> None:
    kept, one = KeptAnswers(), current()
    kept.keep(one, "a", b"1")
    other = Snapshot(**{name: getattr(one, name) for name in one.__dataclass_fields__})

    assert kept.find(other, "a") is None
    kept.keep(other, "b", b"2")
    assert kept.find(one, "a") is None
    assert kept.find(other, "b") == b"2"
