"""What the database itself refuses, and the version that every change renews."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from taxonomy.models import Corridor, Material, Process, Province, Standard, TaxonomyVersion, Term
from taxonomy.services import current_version
from tests.factories.taxonomy import (
    CorridorFactory,
    IndustrialParkFactory,
    MaterialFactory,
    OldProvinceFactory,
    ProcessFactory,
    ProvinceFactory,
    StandardFactory,
    TermFactory,
)

pytestmark = pytest.mark.django_db


def refuse(constraint: str) -> Any:
    """The database refuses by that constraint."""
    return pytest.raises(IntegrityError, match=constraint)


@pytest.mark.parametrize("factory", [ProcessFactory, MaterialFactory])
def test_parents_cannot_form_a_circle(factory: Any) -> None:
    top = factory.create()
    middle = factory.create(parent=top)
    bottom = factory.create(parent=middle)
    top.parent = bottom

    with refuse("form a circle"), transaction.atomic():
        top.save()

    top.refresh_from_db()
    assert top.parent is None


def test_nothing_is_its_own_parent() -> None:
    process = ProcessFactory.create()

    with refuse("process_is_not_its_own_parent"), transaction.atomic():
        Process.objects.update(parent=process)


def test_the_same_code_may_name_a_province_of_each_edition_once() -> None:
    today = ProvinceFactory.create(code="24")
    OldProvinceFactory.create(code="24", successor=today)

    with refuse("province_code_is_unique_in_its_edition"), transaction.atomic():
        Province.objects.create(
            edition="2025", code="24", name_vi="x", full_name_vi="x", unit_type="province", latitude=1, longitude=1
        )


def test_an_old_province_has_a_province_of_today_and_that_one_has_none() -> None:
    today = ProvinceFactory.create()
    for factory, successor in ((OldProvinceFactory, None), (ProvinceFactory, today)):
        with refuse("province_of_old_has_a_province_of_today"), transaction.atomic():
            factory.create(successor=successor)


@pytest.mark.parametrize(("latitude", "longitude"), [(91.0, 105.0), (21.0, None), (21.0, float("nan"))])
def test_a_park_lies_on_earth_or_nowhere(latitude: float, longitude: float | None) -> None:
    IndustrialParkFactory.create(latitude=None, longitude=None)

    with refuse("park_coordinates_are_on_earth"), transaction.atomic():
        IndustrialParkFactory.create(latitude=latitude, longitude=longitude)


def test_a_term_names_exactly_one_entry_by_a_text_that_has_a_letter() -> None:
    process, material = ProcessFactory.create(), MaterialFactory.create()

    with refuse("term_names_exactly_one_entry"), transaction.atomic():
        TermFactory.create()
    with refuse("term_names_exactly_one_entry"), transaction.atomic():
        TermFactory.create(process=process, material=material)
    with refuse("term_has_a_letter_or_digit"), transaction.atomic():
        TermFactory.create(process=process, text="…")
    assert Term.objects.count() == 0


def test_a_term_is_listed_once_for_its_entry() -> None:
    process = ProcessFactory.create()
    TermFactory.create(process=process, text="tiện")

    with refuse("term_listed_once"), transaction.atomic():
        TermFactory.create(process=process, text="tiện")
    TermFactory.create(process=ProcessFactory.create(), text="tiện")

    assert Term.objects.count() == 2


def test_every_change_renews_the_version() -> None:
    process, standard, corridor = ProcessFactory.create(), StandardFactory.create(), CorridorFactory.create()
    province = ProvinceFactory.create()
    changes: list[Callable[[], object]] = [
        lambda: Process.objects.update(name_en="Turning"),
        lambda: MaterialFactory.create(),
        lambda: Material.objects.all().delete(),
        lambda: standard.implies.add(StandardFactory.create()),
        lambda: corridor.provinces.add(province),
        lambda: TermFactory.create(process=process),
        lambda: Standard.objects.filter(code=standard.code).update(owner="IEC"),
    ]

    for change in changes:
        before = current_version()
        change()
        assert current_version() > before
    assert TaxonomyVersion.objects.count() == 1


def test_a_version_that_was_undone_is_never_given_again() -> None:
    ProcessFactory.create()
    before = current_version()
    with transaction.atomic():
        ProcessFactory.create()
        undone = current_version()
        transaction.set_rollback(True)
    assert current_version() == before

    ProcessFactory.create()

    assert current_version() > undone


def test_the_plain_dicts_for_matching() -> None:
    group = ProcessFactory.create(code="MACH")
    ProcessFactory.create(code="MACH.TURN", parent=group)
    weaker, stronger = StandardFactory.create(code="ISO9001"), StandardFactory.create(code="IATF16949")
    stronger.implies.add(weaker)
    today = ProvinceFactory.create(code="24")
    corridor = CorridorFactory.create(code="HN-LS")
    corridor.provinces.add(today, OldProvinceFactory.create(code="24", successor=today))
    CorridorFactory.create(code="EMPTY")

    assert Process.objects.parents() == {"MACH": None, "MACH.TURN": "MACH"}
    assert Standard.objects.implications() == {"IATF16949": ["ISO9001"]}
    assert Corridor.objects.provinces_by_code() == {"EMPTY": [], "HN-LS": ["2004:24", "2025:24"]}


def test_the_dicts_cost_one_or_two_queries(django_assert_num_queries: Any) -> None:
    for _ in range(50):
        CorridorFactory.create().provinces.add(ProvinceFactory.create())

    with django_assert_num_queries(2):
        Corridor.objects.provinces_by_code()
    with django_assert_num_queries(1):
        Process.objects.parents()
    with django_assert_num_queries(1):
        Standard.objects.implications()


def test_names_fall_back_to_english_and_then_to_vietnamese() -> None:
    process = ProcessFactory.build(name_vi="Tiện", name_en="Turning", name_ja="旋盤")

    assert [process.name_in(language) for language in ("vi", "ja-JP", "ko", "en")] == [
        "Tiện",
        "旋盤",
        "Turning",
        "Turning",
    ]
    assert ProcessFactory.build(name_en="").name_in("en") != ""


def test_the_sequence_of_versions_survives_a_truncated_table() -> None:
    ProcessFactory.create()
    before = current_version()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM taxonomy_taxonomyversion")
    assert current_version() == 0

    ProcessFactory.create()

    assert current_version() > before
