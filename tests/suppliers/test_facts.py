"""Figures and their evidence: what counts after each kind of writing, and what the history says."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.principals import Principal
from config.errors import InvalidFactError, StaleVersionError
from matchmaking.engine.confidence import HALF_LIFE_DAYS, LEVEL_WEIGHTS
from suppliers import services
from suppliers.errors import OwnEntryError
from suppliers.facts import FACTS, WEIGHTS, Origin, is_better, lapsed_facts
from suppliers.models import Capability, Evidence, Supplier
from tests.factories.suppliers import CapabilityFactory, SiteFactory, SupplierFactory, material, process
from tests.fixtures.crowd import at_once

pytestmark = pytest.mark.django_db
CRITERION = {
    "languages": "languages",
    "export_share_pct": "export_experience",
    "process": "process",
    "materials": "material",
    "tolerance_mm": "tolerance",
    "roughness_um": "roughness",
    "envelope_mm": "part_size",
    "max_mass_kg": "part_mass",
    "monthly_capacity": "capacity",
    "utilisation_pct": "capacity",
    "lead_time_days": "lead_time",
    "moq": "moq",
}
"""The engine's criterion that each fact answers."""


def capability_of(supplier: Supplier, **fields: Any) -> Capability:
    return CapabilityFactory.create(site=SiteFactory.create(supplier=supplier), **fields)


def change(capability: Capability, values: dict[str, Any], *, by: Principal, **origin: Any) -> Capability:
    services.change_capability(capability_id=capability.pk, values=values, by=by, origin=Origin(**origin))
    return Capability.objects.get(pk=capability.pk)


def history(row: Supplier | Capability) -> list[tuple[str, str, Any, int]]:
    """Act, fact, value and level of each line, oldest first."""
    return list(Evidence.objects.of(row).order_by("id").values_list("act", "fact", "value", "level"))


def days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def test_weights_and_half_lives_are_those_of_the_engine() -> None:
    facts = [fact for facts in FACTS.values() for fact in facts]

    assert list(LEVEL_WEIGHTS) == list(WEIGHTS)
    assert {fact.name: fact.half_life_days for fact in facts if fact.half_life_days} == {
        name: HALF_LIFE_DAYS[criterion] for name, criterion in CRITERION.items()
    }


def test_a_changed_figure_falls_to_declared_and_is_observed_today(draft: Supplier, owner: Principal) -> None:
    seen = {"tolerance_mm": 0.02, "tolerance_mm_level": 3, "tolerance_mm_observed_on": days_ago(10)}
    capability = capability_of(draft, **seen)

    after = change(capability, {"tolerance_mm": 0.01}, by=owner)

    assert (after.tolerance_mm, after.tolerance_mm_level, after.tolerance_mm_observed_on) == (0.01, 0, days_ago(0))
    assert after.version == 2
    assert history(capability) == [("entered", "tolerance_mm", 0.01, 0)]


def test_the_same_figure_again_keeps_the_better_evidence(draft: Supplier, owner: Principal) -> None:
    seen = {"tolerance_mm": 0.02, "tolerance_mm_level": 3, "tolerance_mm_observed_on": days_ago(10)}
    capability = capability_of(draft, **seen)

    after = change(capability, {"tolerance_mm": 0.02}, by=owner)

    assert (after.tolerance_mm_level, after.tolerance_mm_observed_on, after.version) == (3, days_ago(10), 1)
    assert history(capability) == []


def test_the_same_figure_again_renews_evidence_that_has_faded(draft: Supplier, owner: Principal) -> None:
    # 0.97 · 2^(-630/730) = 0.533 is less than the 0.6 of a fresh declaration.
    seen = {"tolerance_mm": 0.02, "tolerance_mm_level": 3, "tolerance_mm_observed_on": days_ago(630)}
    capability = capability_of(draft, **seen)

    after = change(capability, {"tolerance_mm": 0.02}, by=owner)

    assert (after.tolerance_mm_level, after.tolerance_mm_observed_on) == (0, days_ago(0))
    assert history(capability) == [("entered", "tolerance_mm", 0.02, 0)]


@pytest.mark.parametrize(
    ("new", "old", "half_life", "better"),
    [
        ((0, 0), (3, 505), 730, False),  # 0.97 · 2^(-505/730) = 0.6005
        ((0, 0), (3, 507), 730, True),  # 0.97 · 2^(-507/730) = 0.5993
        ((0, 0), (0, 1), 90, True),
        ((0, 0), (0, 0), 90, False),
        ((0, 0), (2, 9000), None, False),  # what does not fade goes by level alone …
        ((2, 0), (2, 9000), None, True),  # … and by day within a level
        ((1, 9), (0, None), 90, True),
    ],
)
def test_better_evidence_is_what_earns_more_trust(
    new: tuple[int, int], old: tuple[int, int | None], half_life: float | None, better: bool
) -> None:
    before = (old[0], None if old[1] is None else days_ago(old[1]))

    assert is_better((new[0], days_ago(new[1])), before, half_life_days=half_life) is better


def test_a_figure_of_a_draft_is_simply_cleared(draft: Supplier, owner: Principal) -> None:
    capability = capability_of(draft, moq=500.0, materials=["al6061"])

    after = change(capability, {"moq": None, "materials": []}, by=owner)

    assert (after.moq, after.moq_level, after.moq_observed_on, after.withdrawn) == (None, 0, None, {})
    assert (after.materials.count(), after.materials_observed_on) == (0, None)
    assert sorted(history(capability)) == [("withdrawn", "materials", None, 0), ("withdrawn", "moq", None, 0)]


def test_a_published_figure_is_marked_and_keeps_its_value(published: Supplier, owner: Principal) -> None:
    capability = capability_of(published, moq=500.0, moq_level=2, materials=["al6061"])

    after = change(capability, {"moq": None, "materials": []}, by=owner)

    today = days_ago(0).isoformat()
    assert (after.moq, after.moq_level, after.withdrawn) == (500.0, 2, {"moq": today, "materials": today})
    assert [kept.code for kept in after.materials.all()] == ["al6061"]


def test_clearing_again_does_not_move_the_day_of_withdrawal(published: Supplier, owner: Principal) -> None:
    capability = capability_of(published, moq=500.0, withdrawn={"moq": "2026-01-31"})

    after = change(capability, {"moq": None}, by=owner)

    assert (after.moq, after.withdrawn, after.version) == (500.0, {"moq": "2026-01-31"}, 1)
    assert history(capability) == []


@pytest.mark.parametrize("value", [500.0, 400.0])
def test_a_withdrawn_figure_returns_with_any_value(published: Supplier, owner: Principal, value: float) -> None:
    capability = capability_of(published, moq=500.0, withdrawn={"moq": "2026-01-31"})

    after = change(capability, {"moq": value}, by=owner)

    assert (after.moq, after.withdrawn) == (value, {})
    assert history(capability) == [("entered", "moq", value, 0)]


def test_languages_of_a_published_firm_are_withdrawn_not_blanked(published: Supplier, owner: Principal) -> None:
    services.change_supplier(supplier_id=published.pk, values={"languages": ["ja", "en", "ja"]}, by=owner)
    services.change_supplier(supplier_id=published.pk, values={"languages": []}, by=owner)

    published.refresh_from_db()
    assert (published.languages, published.withdrawn) == (["en", "ja"], {"languages": days_ago(0).isoformat()})


def test_process_role_and_site_are_proved_as_one(draft: Supplier, owner: Principal) -> None:
    capability = capability_of(draft, process_level=3)

    after = change(capability, {"role": "subcontracted"}, by=owner)

    assert (after.role, after.process_level) == ("subcontracted", 0)
    expected = {"process": "cnc_turning", "role": "subcontracted", "site": capability.site.public_id}
    assert history(capability) == [("entered", "process", expected, 0)]


def test_another_unit_is_another_capacity(draft: Supplier, owner: Principal) -> None:
    capability = capability_of(draft, monthly_capacity=900.0, capacity_unit="pcs", monthly_capacity_level=2)

    after = change(capability, {"capacity_unit": "kg"}, by=owner)

    assert (after.monthly_capacity, after.capacity_unit, after.monthly_capacity_level) == (900.0, "kg", 0)
    assert history(capability) == [
        ("entered", "monthly_capacity", {"monthly_capacity": 900.0, "capacity_unit": "kg"}, 0)
    ]


def test_the_history_says_who_acted_for_whom(draft: Supplier, owner: Principal, officer: Principal) -> None:
    capability = capability_of(draft)
    change(capability, {"moq": 10.0}, by=owner)
    change(capability, {"moq": 20.0}, by=officer, source="phone call", observed_on=days_ago(3))

    first, second = Evidence.objects.of(capability).order_by("id")

    assert (first.asserted_by, first.asserted_for) == (owner.user, owner.organisation)
    assert (second.asserted_by, second.asserted_for) == (officer.user, officer.organisation)
    assert (second.source, second.observed_on, second.level) == ("phone call", days_ago(3), 0)


def test_nothing_is_observed_in_the_future(draft: Supplier, owner: Principal) -> None:
    capability = capability_of(draft)

    with pytest.raises(InvalidFactError) as refused:
        change(capability, {"moq": 10.0}, by=owner, observed_on=days_ago(-1))

    assert (refused.value.pointer, refused.value.code) == ("/observed_on", "in_the_future")
    assert Capability.objects.get().moq is None
    assert history(capability) == []


def test_whoever_enters_a_fact_cannot_call_it_checked(draft: Supplier, officer: Principal) -> None:
    capability = capability_of(draft)

    with pytest.raises(OwnEntryError):
        change(capability, {"moq": 10.0}, by=officer, level=2)

    assert Capability.objects.get().moq is None


@pytest.mark.parametrize(
    ("values", "pointer", "code"),
    [
        ({"tolerance_mm": -0.01}, "/tolerance_mm", "min_value"),
        ({"tolerance_mm": float("nan")}, "/tolerance_mm", "not_a_number"),
        ({"moq": float("inf")}, "/moq", "not_a_number"),
        ({"moq": "10"}, "/moq", "not_a_number"),
        ({"moq": True}, "/moq", "not_a_number"),
        ({"utilisation_pct": 100.5}, "/utilisation_pct", "max_value"),
        ({"envelope_mm": [10.0, 20.0]}, "/envelope_mm", "three_sides"),
        ({"envelope_mm": [10.0, 0.0, 5.0]}, "/envelope_mm/1", "min_value"),
        ({"monthly_capacity": 100.0}, "/capacity_unit", "required"),
        ({"capacity_unit": "pcs"}, "/monthly_capacity", "required"),
        ({"process": None}, "/process", "required"),
        ({"colour": "red"}, "/colour", "unknown_field"),
    ],
)
def test_figures_that_cannot_be_are_refused_whole(
    draft: Supplier, owner: Principal, values: dict[str, Any], pointer: str, code: str
) -> None:
    capability = capability_of(draft, max_mass_kg=5.0)

    with pytest.raises(InvalidFactError) as refused:
        change(capability, {"max_mass_kg": 9.0, **values}, by=owner)

    assert (refused.value.pointer, refused.value.code) == (pointer, code)
    unmoved = Capability.objects.get()
    assert (unmoved.max_mass_kg, unmoved.version) == (5.0, 1)
    assert history(capability) == []


def test_a_process_taken_away_and_entered_anew_hides_no_figure(published: Supplier, owner: Principal) -> None:
    capability = capability_of(
        published, tolerance_mm=0.5, tolerance_mm_level=2, moq=9.0, materials=["al6061"], envelope_mm=[3.0, 2.0, 1.0]
    )
    services.remove_capability(capability_id=capability.pk, by=owner)

    values = {"process": process("cnc_turning"), "site": capability.site, "moq": 5.0}
    anew = services.add_capability(supplier_id=published.pk, values=values, by=owner)

    anew.refresh_from_db()
    today = days_ago(0).isoformat()
    assert (anew.tolerance_mm, anew.tolerance_mm_level, anew.moq) == (0.5, 2, 5.0)
    assert (anew.envelope_mm, [kept.code for kept in anew.materials.all()]) == ([3.0, 2.0, 1.0], ["al6061"])
    assert anew.withdrawn == {"tolerance_mm": today, "materials": today, "envelope_mm": today}


def test_another_process_starts_from_nothing(published: Supplier, owner: Principal) -> None:
    capability = capability_of(published, tolerance_mm=0.5)
    services.remove_capability(capability_id=capability.pk, by=owner)

    values = {"process": process("milling"), "site": capability.site, "materials": [material("al6061")]}
    other = services.add_capability(supplier_id=published.pk, values=values, by=owner)

    assert (other.tolerance_mm, other.withdrawn) == (None, {})
    assert other.materials_observed_on == days_ago(0)


def test_a_published_capability_does_not_move_to_nowhere(published: Supplier, owner: Principal) -> None:
    capability = capability_of(published)
    nowhere = SiteFactory.create(supplier=published, province=None)
    elsewhere = SiteFactory.create(supplier=published)

    with pytest.raises(InvalidFactError) as refused:
        change(capability, {"site": nowhere}, by=owner)

    assert (refused.value.pointer, refused.value.code) == ("/site", "not_blanked")
    assert Capability.objects.get().site == capability.site
    assert change(capability, {"site": elsewhere}, by=owner).site == elsewhere


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_based_on_the_same_version_one_is_refused(draft: Supplier, owner: Principal) -> None:
    capability = capability_of(draft)

    def write(moq: float) -> float:
        try:
            services.change_capability(
                capability_id=capability.pk, values={"moq": moq}, by=owner, expected_version=capability.version
            )
        except StaleVersionError:
            return 0.0
        return moq

    outcomes = at_once([partial(write, moq) for moq in (5.0, 7.0)])

    won = Capability.objects.get().moq
    assert sorted(outcomes) == [0.0, won]
    assert history(capability) == [("entered", "moq", won, 0)]


def test_a_withdrawn_figure_lapses_after_a_year(published: Supplier) -> None:
    taken_back = date(2026, 1, 31)
    capability = capability_of(published, moq=5.0, withdrawn={"moq": taken_back.isoformat()})

    assert lapsed_facts(capability, on=taken_back + timedelta(days=364)) == []
    assert [fact.name for fact in lapsed_facts(capability, on=taken_back + timedelta(days=365))] == ["moq"]


def test_evidence_without_an_act_cannot_be_stored() -> None:
    firm = SupplierFactory.create()

    with pytest.raises(IntegrityError, match="evidence_of_a_known_act"), transaction.atomic():
        Evidence.objects.create(supplier=firm, subject=firm.public_id, fact="moq", observed_on=date(2026, 1, 1), act="")

    assert not Evidence.objects.exists()
