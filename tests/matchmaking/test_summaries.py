"""All open requirements against all suppliers: what a batch keeps of each."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from buyers.models import Requirement
from matchmaking import services
from matchmaking.models import LeadingMatch, MatchSummary
from matchmaking.services import summaries
from matchmaking.tasks import summarise_all_matches
from suppliers.models import Capability, Supplier
from tests.factories import matchmaking as make
from tests.fixtures.worker import StartWorker


def turning(tolerance_mm: float = 0.02) -> Requirement:
    operations = ({"process": "cnc_turning", "tolerance_mm": tolerance_mm},)
    return make.requirement(operations=operations, criteria={"tolerance": {"mode": "must"}})


def turners() -> dict[str, Supplier]:
    """One that meets the gate, one that gave no tolerance, one that misses it."""
    tolerances: dict[str, float | None] = {"eligible": 0.01, "unconfirmed": None, "near_miss": 0.03}
    suppliers = {name: make.published_supplier() for name in tolerances}
    for name, tolerance_mm in tolerances.items():
        make.capability(suppliers[name], tolerance_mm=tolerance_mm)
    return suppliers


def kept() -> dict[int, tuple[int, int, int]]:
    rows = MatchSummary.objects.values_list("requirement", "eligible", "unconfirmed", "near_miss")
    return {requirement: (eligible, unconfirmed, missed) for requirement, eligible, unconfirmed, missed in rows}


def leading(row: Requirement) -> list[tuple[Any, ...]]:
    lines = LeadingMatch.objects.filter(summary__requirement=row).order_by("rank")
    return list(lines.values_list("rank", "supplier", "eligibility", "score", "potential"))


def summarise() -> None:
    for first, last in services.ranges_to_summarise():
        services.summarise_matches(first=first, last=last)


@pytest.mark.django_db
class TestSummaries:
    def test_counts_and_the_first_suppliers_are_kept(self) -> None:
        suppliers, row, nobody_s = turners(), turning(), make.requirement(operations=({"process": "forging"},))

        summarise()

        assert kept() == {row.pk: (1, 1, 1), nobody_s.pk: (0, 0, 0)}
        # process 3 × 0.9 and tolerance 2 × 0.9 or nothing known, over 5
        assert leading(row) == [
            (1, suppliers["eligible"].pk, "eligible", 0.9, 1.0),
            (2, suppliers["unconfirmed"].pk, "unconfirmed", 0.54, 1.0),
        ]
        assert leading(nobody_s) == []
        summary = MatchSummary.objects.get(requirement=row)
        assert (summary.requirement_version, summary.as_of) == (1, timezone.localdate())

    def test_a_second_batch_replaces_the_first(self) -> None:
        suppliers, row = turners(), turning()
        summarise()
        first = MatchSummary.objects.get(requirement=row)
        line_of = dict(LeadingMatch.objects.values_list("supplier", "pk"))
        Capability.objects.filter(site__supplier=suppliers["unconfirmed"]).update(
            tolerance_mm=0.02, tolerance_mm_level=1, tolerance_mm_observed_on=timezone.localdate()
        )

        summarise()
        summarise()

        assert kept() == {row.pk: (2, 0, 1)}
        assert [supplier for _, supplier, *_ in leading(row)] == [
            suppliers["eligible"].pk,
            suppliers["unconfirmed"].pk,
        ]
        after = dict(LeadingMatch.objects.values_list("supplier", "pk"))
        assert after[suppliers["eligible"].pk] == line_of[suppliers["eligible"].pk]  # nothing is written anew
        assert after[suppliers["unconfirmed"].pk] != line_of[suppliers["unconfirmed"].pk]
        assert MatchSummary.objects.get().pk == first.pk
        assert MatchSummary.objects.get().summarised_at > first.summarised_at

    def test_ranges_cover_every_open_requirement_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(summaries, "IN_A_RANGE", 2)
        rows = [turning() for _ in range(5)]
        draft = make.requirement(state="draft", opened_at=None)

        ranges = services.ranges_to_summarise()
        done = [services.summarise_matches(first=first, last=last) for first, last in ranges]

        assert ranges == [(rows[0].pk, rows[1].pk), (rows[2].pk, rows[3].pk), (rows[4].pk, rows[4].pk)]
        assert done == [2, 2, 1]
        assert set(kept()) == {row.pk for row in rows}
        assert draft.pk not in kept()

    def test_only_the_first_twenty_are_kept(self) -> None:
        for _ in range(22):
            make.capability(make.published_supplier(), tolerance_mm=0.01)
        row = turning()

        summarise()

        assert kept() == {row.pk: (22, 0, 0)}
        assert [rank for rank, *_ in leading(row)] == list(range(1, 21))

    def test_what_has_ended_is_forgotten(self) -> None:
        turners()
        ended, still_open = turning(), turning()
        summarise()
        Requirement.objects.filter(pk=ended.pk).update(state="withdrawn")

        services.forget_ended_summaries()

        assert set(kept()) == {still_open.pk}

    def test_staff_find_what_nobody_can_make(self) -> None:
        turners()
        make.requirement(operations=({"process": "forging"},), title="Forged ring")
        make.requirement(title="Turned shaft")
        summarise()
        officer = Client(headers={"accept-language": "en"})
        officer.force_login(User.objects.create_superuser("officer@agency.example"))

        everything = officer.get("/admin/matchmaking/matchsummary/").content.decode()
        unmet = officer.get("/admin/matchmaking/matchsummary/", {"supply": "none"}).content.decode()

        assert "Forged ring" in everything
        assert "Turned shaft" in everything
        assert "Forged ring" in unmet
        assert "Turned shaft" not in unmet


@pytest.mark.django_db(transaction=True)
def test_a_worker_takes_the_ranges_of_a_batch(start_worker: StartWorker) -> None:
    turners()
    rows = [turning() for _ in range(summaries.IN_A_RANGE + 1)]
    worker = start_worker()

    summarise_all_matches.delay()
    worker.wait_until(lambda: MatchSummary.objects.count() == len(rows))

    assert kept() == {row.pk: (1, 1, 1) for row in rows}
