"""Staff look the vocabulary up and teach synonyms; codes and names stay the files'."""

import pytest
from django.test import Client
from django.urls import reverse

from taxonomy.models import Process, Source, Term
from taxonomy.resolver import resolve
from tests.factories.accounts import UserFactory
from tests.factories.taxonomy import (
    CorridorFactory,
    IndustrialParkFactory,
    IndustryFactory,
    MaterialFactory,
    ProcessFactory,
    ProvinceFactory,
    SectorFactory,
    StandardFactory,
    TermFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def turning() -> Process:
    return ProcessFactory.create(code="MACH.TURN", name_en="Turning")


def form(process: Process, *texts: str) -> dict[str, str | int]:
    """The change form of an entry, with these synonyms added."""
    data: dict[str, str | int] = {"terms-TOTAL_FORMS": len(texts), "terms-INITIAL_FORMS": 0}
    for number, text in enumerate(texts):
        data |= {f"terms-{number}-text": text, f"terms-{number}-language": "vi", f"terms-{number}-process": process.pk}
    return data


def test_every_list_and_form_opens(staff: Client, turning: Process) -> None:
    rows = {
        "process": turning,
        "material": MaterialFactory.create(),
        "standard": StandardFactory.create(),
        "province": ProvinceFactory.create(),
        "corridor": CorridorFactory.create(),
        "industrialpark": IndustrialParkFactory.create(),
        "industry": IndustryFactory.create(),
        "sector": SectorFactory.create(),
        "term": TermFactory.create(process=turning, text="tiện"),
    }

    for name, row in rows.items():
        listed = staff.get(reverse(f"admin:taxonomy_{name}_changelist"), {"q": "a"})
        opened = staff.get(reverse(f"admin:taxonomy_{name}_change", args=[row.pk]))
        assert (name, listed.status_code, opened.status_code) == (name, 200, 200)


def test_an_entry_is_found_by_its_synonym(staff: Client, turning: Process) -> None:
    TermFactory.create(process=turning, text="tiện")

    found = staff.get(reverse("admin:taxonomy_process_changelist"), {"q": "tien"})

    assert list(found.context["cl"].queryset) == [turning]


def test_a_taught_synonym_is_resolved_at_once(staff: Client, turning: Process) -> None:
    response = staff.post(reverse("admin:taxonomy_process_change", args=[turning.pk]), form(turning, "xoay tròn"))

    assert response.status_code == 302
    term = Term.objects.get()
    assert (term.text, term.key, term.source) == ("xoay tròn", "xoay tron", Source.TAUGHT)
    assert resolve(turning.KIND, "xoay tròn").code == "MACH.TURN"


@pytest.mark.parametrize("text", ["", "…", "x" * 256])
def test_a_synonym_that_says_nothing_is_refused(staff: Client, turning: Process, text: str) -> None:
    response = staff.post(reverse("admin:taxonomy_process_change", args=[turning.pk]), form(turning, text))

    assert response.status_code == 200
    assert Term.objects.count() == 0


def test_the_same_synonym_twice_is_refused_with_a_message(staff: Client, turning: Process) -> None:
    TermFactory.create(process=turning, text="xoay tròn")
    data = form(turning, "xoay tròn") | {"terms-INITIAL_FORMS": 0}

    response = staff.post(reverse("admin:taxonomy_process_change", args=[turning.pk]), data)

    assert response.status_code == 200
    assert Term.objects.count() == 1

    response = staff.post(
        reverse("admin:taxonomy_process_change", args=[turning.pk]), form(turning, "quay tròn", " quay  tròn ")
    )

    assert response.status_code == 200
    assert Term.objects.count() == 1


def test_what_the_files_own_cannot_be_changed_added_or_deleted(staff: Client, turning: Process) -> None:
    data = form(turning) | {"code": "OTHER", "name_en": "Other"}
    staff.post(reverse("admin:taxonomy_process_change", args=[turning.pk]), data)

    turning.refresh_from_db()
    assert (turning.code, turning.name_en) == ("MACH.TURN", "Turning")
    assert staff.get(reverse("admin:taxonomy_process_add")).status_code == 403
    assert staff.post(reverse("admin:taxonomy_process_delete", args=[turning.pk])).status_code == 403
