"""Who may see requirements that are not public: the suppliers whose gates do not fail."""

from typing import Any

import pytest

from accounts.principals import ANONYMOUS
from buyers.models import Requirement, RequirementAudience
from matchmaking import reactions, services
from matchmaking.services import audience
from matchmaking.tasks import refresh_audiences
from notifications.services import publish
from suppliers.models import Capability, Supplier
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.fixtures.worker import StartWorker

pytestmark = pytest.mark.django_db


def requirement(visibility: str = "matched", **fields: Any) -> Requirement:
    return make.requirement(
        operations=({"process": "cnc_turning", "tolerance_mm": 0.02},),
        criteria={"tolerance": {"mode": "must"}},
        visibility=visibility,
        **fields,
    )


def firms() -> dict[str, Supplier]:
    """One that meets the gate, one that gave no tolerance, one that misses it, one of another trade."""
    names = {"eligible": 0.01, "unconfirmed": None, "near_miss": 0.03}
    suppliers = {name: make.published_supplier() for name in (*names, "other")}
    for name, tolerance in names.items():
        make.capability(suppliers[name], tolerance_mm=tolerance)
    make.capability(suppliers["other"], "forging", tolerance_mm=0.01)
    return suppliers


def told(row: Requirement, suppliers: dict[str, Supplier]) -> set[str]:
    organisations = set(RequirementAudience.objects.filter(requirement=row).values_list("organisation_id", flat=True))
    return {name for name, supplier in suppliers.items() if supplier.organisation_id in organisations}


@pytest.mark.parametrize("visibility", ["matched", "anonymous"])
def test_suppliers_that_do_not_fail_see_it(visibility: str) -> None:
    suppliers, row = firms(), requirement(visibility)

    services.refresh_audience(requirement_id=row.pk)
    services.refresh_audience(requirement_id=row.pk)

    assert told(row, suppliers) == {"eligible", "unconfirmed"}
    assert RequirementAudience.objects.count() == 2
    assert not RequirementAudience.objects.filter(knows_buyer=True).exists()
    owner = member(organisation=suppliers["eligible"].organisation)
    assert list(Requirement.objects.visible_to(owner)) == [row]


@pytest.mark.parametrize(
    "fields", [{"visibility": "public"}, {"state": "withdrawn"}, {"state": "draft", "opened_at": None}]
)
def test_public_and_closed_requirements_are_left_alone(fields: dict[str, Any]) -> None:
    firms()
    row = requirement(**{"visibility": "matched", **fields})

    services.refresh_audience(requirement_id=row.pk)

    assert not RequirementAudience.objects.exists()


def test_who_no_longer_matches_no_longer_sees_it_unless_it_was_asked() -> None:
    suppliers, row = firms(), requirement()
    services.refresh_audience(requirement_id=row.pk)
    asked = suppliers["unconfirmed"].organisation
    RequirementAudience.objects.create(requirement=row, organisation=asked, reason="connection")
    Capability.objects.update(tolerance_mm=0.03)

    services.refresh_audience(requirement_id=row.pk)

    assert list(RequirementAudience.objects.values_list("organisation_id", "reason")) == [(asked.pk, "connection")]


def test_an_opened_requirement_finds_its_audience() -> None:
    suppliers, row, other = firms(), requirement(), requirement()
    event = publish("requirement.opened", subject=row, actor=ANONYMOUS)

    reactions.refresh_audience(event.public_id)

    assert told(row, suppliers) == {"eligible", "unconfirmed"}
    assert told(other, suppliers) == set()


def test_a_published_supplier_joins_the_audience_of_all_that_it_matches() -> None:
    rows = [requirement(), requirement("anonymous")]
    suppliers = firms()
    event = publish("supplier.archived", subject=suppliers["eligible"], actor=ANONYMOUS)

    reactions.refresh_audiences(event.public_id)

    assert [told(row, suppliers) for row in rows] == [{"eligible", "unconfirmed"}] * 2


def test_where_the_buyer_is_decides_only_for_those_who_may_know_it() -> None:
    far_away = make.published_supplier()
    make.capability(far_away, at=make.site(far_away, latitude=8.6, longitude=104.8))
    plant = {"latitude": 21.9, "longitude": 106.7}
    distance = {"distance": {"mode": "must"}}
    rows = {
        visibility: make.requirement(visibility=visibility, plant=plant, criteria=distance)
        for visibility in ("matched", "anonymous")
    }

    services.refresh_all_audiences()

    assert told(rows["matched"], {"far away": far_away}) == set()
    assert told(rows["anonymous"], {"far away": far_away}) == {"far away"}


def test_ranges_cover_every_hidden_requirement_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audience, "IN_A_RANGE", 2)
    suppliers = firms()
    rows = [requirement(), requirement("public"), requirement("anonymous"), requirement()]

    ranges = services.ranges_of_audiences()
    services.refresh_audiences(first=ranges[0][0], last=ranges[0][1])

    assert ranges == [(rows[0].pk, rows[2].pk), (rows[3].pk, rows[3].pk)]
    both = {"eligible", "unconfirmed"}
    assert [told(row, suppliers) for row in rows] == [both, set(), both, set()]


@pytest.mark.django_db(transaction=True)
def test_a_worker_takes_the_ranges_of_audiences(start_worker: StartWorker) -> None:
    suppliers, rows = firms(), [requirement() for _ in range(audience.IN_A_RANGE + 1)]
    worker = start_worker()

    refresh_audiences.delay()
    worker.wait_until(lambda: RequirementAudience.objects.count() == 2 * len(rows))

    assert [told(row, suppliers) for row in rows] == [{"eligible", "unconfirmed"}] * len(rows)
