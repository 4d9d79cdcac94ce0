"""Standing requirements: matches follow whatever changes, whichever side and whoever looks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from buyers.models import Requirement
from jobs.models import DueRow
from matchmaking import services
from matchmaking.models import MatchNote, MatchNoteQuerySet, MatchPair
from matchmaking.services import standing
from notifications.models import Event
from suppliers.models import Capability, Supplier
from tests.factories import matchmaking as make
from tests.fixtures.crowd import at_once
from tests.matchmaking.standing.scene import (
    asked,
    firm,
    found,
    in_another_connection,
    pairs,
    settle,
)


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

        at_once([settle] * 4)
        settle()

        assert pairs() == {(one.pk, other.pk) for one in requirements for other in suppliers}
        told = [supplier for event in found() for supplier in event]
        assert len(told) == 9
        assert not MatchNote.objects.exists()


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
