"""One supplier before many requirements: the numbers of their rankings, of the requirements as they are now."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.principals import Principal
from buyers import services as buying
from buyers.models import Requirement, RequirementAudience
from matchmaking import catalogue, services
from matchmaking.catalogue.demand import demand_of
from matchmaking.services import Opportunity, matches_of_supplier, requirements_seen_by
from suppliers.models import Supplier
from tests.factories import matchmaking as make
from tests.factories.accounts import member

HANOI: dict[str, Any] = {"latitude": 21.0, "longitude": 105.8}
SAIGON: dict[str, Any] = {"latitude": 10.8, "longitude": 106.7}
FAR: dict[str, Any] = {"criteria": {"distance": {"mode": "must"}}, "plant": SAIGON}


def turner(**fields: Any) -> Supplier:
    supplier = make.published_supplier()
    make.site(supplier, **HANOI)
    usual: dict[str, Any] = {"tolerance_mm": 0.01, "lead_time_days": 45.0, "materials": ("steel",)}
    make.capability(supplier, **usual | fields)
    return supplier


def turning(**asked: Any) -> dict[str, Any]:
    return {"operations": ({"process": "cnc_turning", **asked},)}


def seen(supplier: Supplier, **wanted: Any) -> list[Opportunity]:
    return matches_of_supplier(supplier.public_id, requirements_seen_by(supplier), **wanted)


def scores(supplier: Supplier) -> dict[int, tuple[str, float]]:
    return {line.requirement: (line.eligibility, line.score) for line in seen(supplier)}


@pytest.mark.django_db
class TestLines:
    def test_both_directions_give_equal_lines(self) -> None:
        make.process("cnc_turning", below="machining")
        suppliers = [
            turner(),
            turner(tolerance_mm=0.03, materials=("steel", "brass")),
            turner(made_by="machining", level=0),
            turner(made_by="forging"),
        ]
        make.certificate(suppliers[0])
        make.capability(suppliers[0], "forging", tolerance_mm=0.02, level=1)
        make.capability(suppliers[1], "cnc_turning", monthly_capacity=5.0, capacity_unit="t", utilisation_pct=40)
        asked = [
            make.requirement(**turning(tolerance_mm=0.02), criteria={"tolerance": {"mode": "must"}}),
            make.requirement(**turning(materials=("brass", "steel")), criteria={"material": {"mode": "must"}}),
            make.requirement(**turning(), monthly_quantity=4.0, quantity_unit="t", lead_time_days=30, **FAR),
            make.requirement(
                operations=({"process": "cnc_turning"}, {"process": "forging", "tolerance_mm": 0.01}),
                standards=("iso_9001",),
                lead_time_days=60,
            ),
            make.requirement(operations=({"process": "forging"},), plant=HANOI, visibility="matched"),
        ]
        expected: dict[str, dict[int, Any]] = {supplier.public_id: {} for supplier in suppliers}
        for row in asked:
            for line in services.match_requirement(row).ranking.results():
                told = (line["eligibility"], line["score"], line["potential"], line["failed"], line["unconfirmed"])
                expected[line["supplier"]][row.pk] = told

        found = {
            supplier.public_id: {
                line.requirement: (line.eligibility, line.score, line.potential, line.failed, line.unconfirmed)
                for line in matches_of_supplier(supplier.public_id, Requirement.objects.all())
            }
            for supplier in suppliers
        }

        assert found == expected
        assert [len(lines) for lines in found.values()] == [5, 4, 4, 2]

    def test_the_best_come_first_and_as_many_as_are_wanted(self) -> None:
        supplier = turner()
        missed = make.requirement(**turning(tolerance_mm=0.006), criteria={"tolerance": {"mode": "must"}})
        late = make.requirement(**turning(), lead_time_days=30)
        met = make.requirement(**turning(), lead_time_days=60)

        assert [line.requirement for line in seen(supplier)] == [met.pk, late.pk, missed.pk]
        assert [line.requirement for line in seen(supplier, top=1)] == [met.pk]
        assert [line.requirement for line in seen(supplier, eligibility=["near_miss"])] == [missed.pk]
        assert [line.failed for line in seen(supplier, eligibility=["near_miss"])] == [["tolerance"]]

    def test_who_is_not_published_has_none(self) -> None:
        supplier = turner()
        make.requirement(**turning())
        Supplier.objects.filter(pk=supplier.pk).update(state=Supplier.State.SUSPENDED)

        assert seen(supplier) == []


@pytest.mark.django_db
class TestWhatIsSeen:
    def test_only_open_requirements_that_the_firm_may_see(self) -> None:
        supplier = turner()
        public = make.requirement(**turning())
        told = make.requirement(**turning(), visibility="matched")
        make.requirement(**turning(), visibility="matched")
        make.requirement(**turning(), state="withdrawn")
        make.requirement(**turning(), state="draft", opened_at=None)
        RequirementAudience.objects.create(requirement=told, organisation=supplier.organisation, reason="match")

        assert {line.requirement for line in seen(supplier)} == {public.pk, told.pk}

    def test_the_place_of_an_anonymous_buyer_counts_only_for_who_may_know_it(self) -> None:
        stranger, knowing = turner(), turner()
        row = make.requirement(**turning(), **FAR, visibility="anonymous")
        for supplier in (stranger, knowing):
            RequirementAudience.objects.create(
                requirement=row,
                organisation=supplier.organisation,
                reason="match",
                knows_buyer=supplier is knowing,
            )

        assert [(line.with_place, line.failed) for line in seen(stranger)] == [(False, [])]
        assert [(line.with_place, line.failed) for line in seen(knowing)] == [(True, ["distance"])]
        assert [(line.with_place, line.failed) for line in seen(stranger)] == [(False, [])]

    def test_the_number_of_queries_does_not_grow_with_the_requirements(self) -> None:
        supplier = turner()
        snapshot = catalogue.current()
        counts = []
        for more in (1, 49):
            for _ in range(more):
                make.requirement(**turning(materials=("steel",)), **FAR)
            for _ in ("first", "again"):
                with CaptureQueriesContext(connection) as captured:
                    demand_of(requirements_seen_by(supplier), snapshot)
                counts.append(len(captured))

        assert counts == [2, 1, 2, 1]


@pytest.mark.django_db
class TestChanges:
    @pytest.fixture
    def buyer(self) -> Principal:
        return member("buyer")

    def test_a_change_counts_at_once(self, buyer: Principal) -> None:
        supplier = turner()
        assert buyer.organisation
        row = make.requirement(make.verified_buyer(buyer.organisation), **turning(), lead_time_days=30)
        before = scores(supplier)

        buying.change_requirement(requirement_id=row.pk, values={"lead_time_days": 60.0}, by=buyer)
        changed = scores(supplier)
        buying.withdraw_requirement(requirement_id=row.pk, reason="Bought elsewhere.", by=buyer)

        # process 0.9 × 3 and lead time, half of it missed, then met, over 4
        assert before == {row.pk: ("eligible", 0.7875)}
        assert changed == {row.pk: ("eligible", 0.9)}
        assert scores(supplier) == {}

    def test_a_plant_that_moves_counts_at_once(self, buyer: Principal) -> None:
        supplier = turner()
        assert buyer.organisation
        row = make.requirement(make.verified_buyer(buyer.organisation), **turning(), **FAR)
        assert [line.failed for line in seen(supplier)] == [["distance"]]
        assert row.plant

        buying.change_plant(plant_id=row.plant.pk, values=HANOI, by=buyer)

        assert [line.failed for line in seen(supplier)] == [[]]

    def test_what_is_rolled_back_is_forgotten(self, buyer: Principal) -> None:
        supplier = turner()
        assert buyer.organisation
        row = make.requirement(make.verified_buyer(buyer.organisation), **turning(), lead_time_days=30)
        with transaction.atomic():
            buying.change_requirement(requirement_id=row.pk, values={"lead_time_days": 60.0}, by=buyer)
            assert scores(supplier) == {row.pk: ("eligible", 0.9)}
            transaction.set_rollback(True)
        assert scores(supplier) == {row.pk: ("eligible", 0.7875)}

        buying.change_requirement(requirement_id=row.pk, values={"lead_time_days": 45.0}, by=buyer)

        assert scores(supplier) == {row.pk: ("eligible", 0.9)}
        buying.change_requirement(requirement_id=row.pk, values={"lead_time_days": 22.5}, by=buyer)
        assert scores(supplier) == {row.pk: ("eligible", 0.675)}

    def test_what_ended_long_ago_is_not_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("matchmaking.catalogue.demand.MOST_SPARE", 2)
        supplier = turner()
        for _ in range(4):
            make.requirement(**turning())
        snapshot = catalogue.current()
        everything = demand_of(Requirement.objects.all(), snapshot)
        Requirement.objects.update(state="withdrawn")
        last = make.requirement(**turning())

        kept = demand_of(requirements_seen_by(supplier), snapshot)

        assert len(everything.demand) >= 4
        assert [key.requirement for key in kept.keys.values()] == [last.pk]
        assert len(kept.demand) == 1
