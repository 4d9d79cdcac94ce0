"""Standing requirements: matches follow whatever changes, and each side is told once of what it may see."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.principals import Principal
from buyers.models import Buyer, Requirement, RequirementAudience
from jobs.models import DueRow
from matchmaking import services
from matchmaking.models import Connection, MatchNote, MatchNoteQuerySet, MatchPair, SavedSearch, SearchFinding
from matchmaking.services import standing
from notifications.models import Delivery, Event
from privacy.retention import forget_what_is_no_longer_needed
from suppliers.models import Capability, Supplier, SupplierChange
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.fixtures.mail import SmtpInbox
from tests.fixtures.worker import StartWorker

Side = MatchPair.Side
MUST = {"tolerance": {"mode": "must"}}
TURNING = ({"process": "cnc_turning", "tolerance_mm": 0.02},)


@pytest.fixture(autouse=True)
def at_once(settings: Settings) -> None:
    settings.MATCHES_SETTLE = timedelta()
    settings.MATCHES_TOLD_EVERY = timedelta()


@pytest.fixture
def buyer() -> Principal:
    principal = member("buyer")
    make.verified_buyer(principal.organisation)
    return principal


def asked(buyer: Principal | None = None, **fields: Any) -> Requirement:
    """Turning to ±0.02 mm, which is a must."""
    of = Buyer.objects.get(organisation=buyer.organisation) if buyer else None
    return make.requirement(of, **{"operations": TURNING, "criteria": MUST, **fields})


def firm(tolerance_mm: float = 0.01, organisation: Any = None, **fields: Any) -> Supplier:
    supplier = make.published_supplier(organisation)
    make.capability(supplier, tolerance_mm=tolerance_mm, **fields)
    return supplier


def settle() -> int:
    """Work all notes off, and tell of what was found. What comes next is another transaction's."""
    looked_at = services.update_matches()
    services.tell_of_matches()
    left = list(MatchNote.objects.values_list("pk", flat=True))
    SupplierChange.objects.update(changed_in=F("changed_in") + 1)
    MatchNote.objects.exclude(pk__in=left).delete()
    return looked_at


def pairs(side: str = "buyer") -> set[tuple[int, int]]:
    return set(MatchPair.objects.current().filter(side=side).values_list("requirement_id", "supplier_id"))


def found(topic: str = "match.found", named: str = "suppliers") -> list[list[str]]:
    return [event.payload[named] for event in Event.objects.filter(topic=topic).order_by("pk")]


@pytest.mark.django_db
class TestPairs:
    def test_a_new_requirement_finds_its_suppliers_and_a_new_supplier_its_requirements(self) -> None:
        first, good, _bad = asked(), firm(), firm(0.03)
        settle()
        second, later = asked(), firm()

        settle()

        assert pairs() == pairs("supplier") == {(each.pk, one.pk) for each in (first, second) for one in (good, later)}

    def test_both_directions_find_the_same_row_with_the_same_score(self) -> None:
        requirements = [asked(lead_time_days=days) for days in (10, 30, 90)]
        suppliers = [firm(0.01, level=level, lead_time_days=days) for level in (0, 2, 4) for days in (20, 45)]
        scores = []

        for thing, rows in (("requirement", requirements), ("supplier", suppliers)):
            MatchPair.objects.all().delete()
            MatchNote.objects.exclude(thing=thing).delete()
            assert settle() == len(rows)
            scores.append(
                list(
                    MatchPair.objects.order_by("requirement", "supplier", "side").values_list(
                        "requirement", "supplier", "side", "score"
                    )
                )
            )
            for row in (*requirements, *suppliers):
                row.save()

        assert scores[0] == scores[1]
        assert len(scores[0]) > 10
        by_ranking = services.match_requirement(Requirement.objects.select_related("plant").get(pk=requirements[1].pk))
        lines = {line["supplier"]: line["score"] for line in by_ranking.ranking.results()}
        stored = MatchPair.objects.filter(requirement=requirements[1], side="buyer").select_related("supplier")
        assert {pair.supplier.public_id: pair.score for pair in stored}.items() <= lines.items()

    def test_an_anonymous_buyer_s_place_does_not_count_for_the_supplier_s_side_from_either_direction(self) -> None:
        plant = {"latitude": 21.9, "longitude": 106.7}
        requirement = asked(visibility="anonymous", plant=plant, criteria={"distance": {"mode": "must"}})
        far_away = make.published_supplier()
        make.capability(far_away, at=make.site(far_away, latitude=8.6, longitude=104.8), tolerance_mm=0.01)
        found = []

        for thing in ("requirement", "supplier"):
            MatchPair.objects.all().delete()
            MatchNote.objects.exclude(thing=thing).delete()
            settle()
            found.append(list(MatchPair.objects.values_list("requirement", "supplier", "side", "score")))
            far_away.save()

        assert found[0] == found[1] == [(requirement.pk, far_away.pk, "supplier", 0.9)]

    @pytest.mark.parametrize("least", [0.9, 0.900001, None])
    def test_only_pairs_that_reach_the_threshold_count(self, least: float | None) -> None:
        requirement, supplier = asked(alert_min_score=least), firm()
        settle()
        assert pairs() == ({(requirement.pk, supplier.pk)} if least == 0.9 else set())

        Requirement.objects.update(alert_min_score=0.2)
        settle()
        assert pairs() == {(requirement.pk, supplier.pk)}

        Requirement.objects.update(alert_min_score=least)
        settle()
        assert pairs() == ({(requirement.pk, supplier.pk)} if least == 0.9 else set())

    @pytest.mark.parametrize("end", ["withdrawn", "awarded", "closed_no_award", "expired"])
    def test_the_end_of_a_requirement_ends_its_pairs(self, end: str) -> None:
        requirement = asked()
        firm()
        settle()

        Requirement.objects.filter(pk=requirement.pk).update(state=end)
        settle()

        assert pairs() == pairs("supplier") == set()
        assert len(found()) == 1

    @pytest.mark.parametrize("state", ["suspended", "archived", "draft", "submitted"])
    def test_a_supplier_that_is_not_published_has_none(self, state: str) -> None:
        requirement, gone, there = asked(), firm(), firm()
        settle()

        Supplier.objects.filter(pk=gone.pk).update(state=state)
        settle()

        assert pairs() == pairs("supplier") == {(requirement.pk, there.pk)}

    def test_a_draft_finds_nobody(self) -> None:
        asked(state="draft", opened_at=None)
        firm()

        settle()

        assert not MatchPair.objects.exists()
        assert not Event.objects.exists()

    def test_a_new_day_has_everything_found_anew(self) -> None:
        requirement, supplier = asked(), firm()
        settle()
        MatchPair.objects.update(score=0.5)

        services.look_at_open_requirements_anew()

        assert settle() == 1
        assert pairs() == {(requirement.pk, supplier.pk)}
        assert set(MatchPair.objects.values_list("score", flat=True)) == {0.9}


@pytest.mark.django_db(transaction=True)
class TestNotes:
    def test_a_hundred_changes_cost_one_look(self, settings: Settings) -> None:
        settings.MATCHES_SETTLE = timedelta(minutes=1)
        requirement, supplier = asked(), firm()
        for _ in range(100):
            Capability.objects.update(tolerance_mm=F("tolerance_mm") * 0.99)
            requirement.save_next_version()

        assert services.update_matches() == 0
        assert sorted(MatchNote.objects.values_list("thing", "thing_id")) == [
            ("requirement", requirement.pk),
            ("supplier", supplier.pk),
        ]
        MatchNote.objects.update(due_at=F("due_at") - timedelta(minutes=1))
        assert services.update_matches() == 2
        assert services.update_matches() == 0
        assert not MatchNote.objects.exists()

    def test_what_changes_while_a_worker_looks_is_looked_at_again(self) -> None:
        supplier = firm()
        (note,) = MatchNote.objects.claim(lease=timedelta(minutes=1), limit=1)

        Capability.objects.update(tolerance_mm=0.02)
        MatchNote.objects.settle(note)

        again = MatchNote.objects.get()
        assert (again.thing_id, again.state, again.lease_until) == (supplier.pk, DueRow.State.DUE, None)
        assert settle() == 1
        assert not MatchNote.objects.exists()

    def test_a_change_that_is_not_committed_yet_is_not_taken_for_done(self) -> None:
        requirement, supplier = asked(), firm(0.03)
        settle()
        Capability.objects.update(tolerance_mm=0.04)

        with transaction.atomic():
            Capability.objects.update(tolerance_mm=0.01)
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(in_another_connection, services.update_matches).result() == 0

        assert settle() == 1
        assert pairs() == {(requirement.pk, supplier.pk)}

    def test_a_worker_that_was_replaced_settles_nothing(self) -> None:
        firm()
        (note,) = MatchNote.objects.claim(lease=timedelta(minutes=1), limit=1)
        MatchNote.objects.update(attempts=F("attempts") + 1)

        MatchNote.objects.settle(note)

        assert MatchNote.objects.get().state == DueRow.State.RUNNING

    def test_a_note_that_was_given_up_is_tried_again_when_something_changes(self) -> None:
        firm()
        MatchNote.objects.update(state=DueRow.State.DEAD, attempts=12)
        assert settle() == 0

        Capability.objects.update(tolerance_mm=0.02)

        assert settle() == 1

    def test_what_died_half_way_is_done_whole_by_the_next(self, monkeypatch: pytest.MonkeyPatch) -> None:
        requirement, supplier = asked(), firm()

        def dies(*_arguments: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(MatchNoteQuerySet, "settle", dies)
            with pytest.raises(KeyboardInterrupt):
                services.update_matches()
        MatchNote.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

        settle()
        settle()

        assert pairs() == pairs("supplier") == {(requirement.pk, supplier.pk)}
        assert found() == [[supplier.public_id]]
        assert not MatchNote.objects.exists()

    def test_workers_side_by_side_store_and_tell_once(self) -> None:
        requirements, suppliers = [asked() for _ in range(3)], [firm() for _ in range(3)]
        start = Barrier(4)

        def run() -> None:
            start.wait()
            settle()

        with ThreadPoolExecutor(4) as pool:
            for each in [pool.submit(in_another_connection, run) for _ in range(4)]:
                each.result()
        settle()

        assert pairs() == {(one.pk, other.pk) for one in requirements for other in suppliers}
        told = [supplier for event in found() for supplier in event]
        assert len(told) == 9
        assert not MatchNote.objects.exists()


def in_another_connection(act: Any) -> Any:
    try:
        return act()
    finally:
        connection.close()


@pytest.mark.django_db
class TestTelling:
    def test_the_buyer_hears_of_the_best_first(self, buyer: Principal) -> None:
        requirement = asked(buyer, title="Shaft")
        good, better = firm(level=1), firm(level=3)

        settle()

        (event,) = Event.objects.filter(topic="match.found")
        assert (event.subject, event.audience) == (requirement.public_id, [buyer.organisation_id])
        assert buyer.user is not None
        assert event.people == [buyer.user.pk]
        assert event.payload == {
            "requirement_title": "Shaft",
            "count": 2,
            "names": [str(better), str(good)],
            "suppliers": [better.public_id, good.public_id],
        }

    def test_a_supplier_hears_once_of_all_requirements(self) -> None:
        owner = member("supplier")
        requirements = [asked(title=title, alert_min_score=0.1) for title in ("Shaft", "Bolt")]
        supplier = firm(organisation=owner.organisation)

        settle()

        (event,) = Event.objects.filter(topic="opportunity.found")
        assert (event.subject, event.audience) == (supplier.public_id, [supplier.organisation_id])
        assert event.payload["count"] == 2
        assert sorted(event.payload["titles"]) == ["Bolt", "Shaft"]
        assert sorted(event.payload["requirements"]) == sorted(each.public_id for each in requirements)

    def test_nobody_is_told_twice_whatever_leaves_and_comes_back(self) -> None:
        asked()
        supplier = firm()
        settle()
        for _ in range(2):
            for state in ("suspended", "published"):
                Supplier.objects.filter(pk=supplier.pk).update(state=state)
                settle()

        assert found() == [[supplier.public_id]]
        assert len(found("opportunity.found", "requirements")) == 1

    def test_a_pair_that_was_away_for_a_month_is_news_again(self, settings: Settings) -> None:
        asked()
        supplier = firm()
        settle()
        Supplier.objects.filter(pk=supplier.pk).update(state="suspended")
        settle()
        MatchPair.objects.update(left_at=timezone.now() - timedelta(days=settings.KEPT_DAYS["match_pairs"], hours=1))
        assert forget_what_is_no_longer_needed()["match_pairs"] == 2

        Supplier.objects.filter(pk=supplier.pk).update(state="published")
        settle()

        assert found() == [[supplier.public_id]] * 2

    def test_news_of_a_requirement_wait_until_its_hour_is_over(self, settings: Settings) -> None:
        settings.MATCHES_TOLD_EVERY = timedelta(hours=1)
        asked()
        first = firm()
        settle()
        second, third = firm(), firm()
        settle()
        assert found() == [[first.public_id]]

        MatchPair.objects.filter(told_at__isnull=False).update(told_at=timezone.now() - timedelta(hours=1, seconds=1))
        services.tell_of_matches()

        assert [sorted(each) for each in found()] == [[first.public_id], sorted([second.public_id, third.public_id])]

    @pytest.mark.parametrize("visibility", ["matched", "anonymous"])
    def test_a_supplier_hears_of_a_hidden_requirement_only_when_it_may_see_it(self, visibility: str) -> None:
        requirement, supplier = asked(visibility=visibility), firm()
        settle()
        assert (len(found()), found("opportunity.found", "requirements")) == (1, [])

        RequirementAudience.objects.create(requirement=requirement, organisation=supplier.organisation, reason="match")
        settle()
        settle()

        assert found("opportunity.found", "requirements") == [[requirement.public_id]]
        assert requirement.buyer.organisation.legal_name not in str(Event.objects.latest("pk").payload)

    def test_of_a_suspended_buyer_nobody_hears_until_it_is_reinstated(self) -> None:
        requirement = asked()
        firm()
        Buyer.objects.update(state="suspended")
        settle()
        assert not Event.objects.exists()

        Buyer.objects.filter(pk=requirement.buyer_id).update(state="verified")
        settle()

        assert (len(found()), len(found("opportunity.found", "requirements"))) == (1, 1)

    def test_who_talk_already_are_told_nothing(self) -> None:
        requirement, supplier = asked(), firm()
        make.ConnectionFactory.create(requirement=requirement, supplier=supplier)

        settle()

        assert not Event.objects.filter(topic__in=("match.found", "opportunity.found")).exists()
        assert Connection.objects.count() == 1

    def test_whose_search_tells_of_the_matches_is_told_by_it_alone(self, buyer: Principal) -> None:
        requirement = asked(buyer)
        colleague = member(organisation=buyer.organisation)
        values = {"name": "Shafts", "kind": "matches", "requirement": requirement, "alert": "daily"}
        services.save_search(values=values, by=buyer)
        firm()

        settle()

        (event,) = Event.objects.filter(topic="match.found")
        assert colleague.user is not None
        assert event.people == [colleague.user.pk]

    def test_who_was_told_of_the_requirement_by_a_search_is_not_told_again(self) -> None:
        owner = member("supplier")
        supplier = firm(organisation=owner.organisation)
        settle()
        services.save_search(values={"name": "All", "kind": "requirements", "alert": "at_once"}, by=owner)
        requirement = asked()
        services.look_at_changes()
        assert SearchFinding.objects.filter(thing_id=requirement.pk).count() == 1

        settle()

        assert found("opportunity.found", "requirements") == [[requirement.public_id]]
        assert Event.objects.get(topic="opportunity.found").people == []
        assert SavedSearch.objects.count() == 1
        assert supplier.organisation_id == owner.organisation_id


@pytest.mark.django_db(transaction=True)
class TestCost:
    @staticmethod
    def queries(act: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            act()
        return len(captured)

    def test_a_requirement_costs_as_much_for_fifty_suppliers_as_for_one(self) -> None:
        requirement, taken = asked(), []
        for more in (1, 49):
            for _ in range(more):
                firm()
            settle()
            MatchPair.objects.all().delete()
            taken.append(self.queries(lambda: standing._match_requirement(requirement.pk)))

        assert MatchPair.objects.filter(side="buyer").count() == 50
        assert taken[0] == taken[1]

    def test_a_supplier_costs_as_much_for_fifty_requirements_as_for_one(self) -> None:
        supplier, taken = firm(), []
        for more in (1, 49):
            for _ in range(more):
                asked()
            settle()
            standing._match_supplier(supplier.pk)  # the process keeps what the requirements ask
            MatchPair.objects.all().delete()
            taken.append(self.queries(lambda: standing._match_supplier(supplier.pk)))

        assert MatchPair.objects.filter(side="buyer").count() == 50
        assert taken[0] == taken[1]

    def test_more_requirements_than_are_locked_at_once_are_all_stored(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(standing, "LOCKED_AT_ONCE", 2)
        requirements = [asked() for _ in range(5)]
        MatchNote.objects.all().delete()
        supplier = firm()

        settle()

        assert pairs() == {(each.pk, supplier.pk) for each in requirements}


@pytest.mark.django_db(transaction=True)
def test_a_worker_tells_both_sides_of_a_match(start_worker: StartWorker, smtp_inbox: SmtpInbox) -> None:
    buyer, owner = member("buyer"), member("supplier")
    make.verified_buyer(buyer.organisation)
    requirement = asked(buyer, title="Shaft, 20 mm")
    worker = start_worker(MATCHES_SETTLE_SECONDS="0")

    supplier = firm(organisation=owner.organisation)
    worker.wait_until(lambda: Delivery.objects.filter(channel="email", state="done").count() == 2)

    told = {str(message["To"]): str(message["Subject"]).replace("\n", "") for message in smtp_inbox.messages}
    assert buyer.user is not None
    assert owner.user is not None
    assert told.keys() == {buyer.user.email, owner.user.email}
    assert pairs() == pairs("supplier") == {(requirement.pk, supplier.pk)}
    assert found() == [[supplier.public_id]]
    assert found("opportunity.found", "requirements") == [[requirement.public_id]]
