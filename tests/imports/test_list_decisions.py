"""What a person decides of a list: which firm a row is, and what a word means."""

import pytest

from accounts.principals import Principal
from config.errors import InvalidFactError
from jobs.running import run_due_jobs
from suppliers.imports import lists
from suppliers.imports.errors import PreviewNeededError
from suppliers.imports.words import words_of
from suppliers.models import Capability, Listing, Supplier
from taxonomy.models import Kind, Source, Term
from taxonomy.services import forget_term
from tests.factories.accounts import OrganisationFactory, tax_code
from tests.factories.suppliers import SupplierFactory
from tests.imports.list_scene import HEADER, OTHER, imported, preview, previewed
from tests.imports.scene import AN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary", "reports_within")]


def likely(officer: Principal) -> tuple[Supplier, str]:
    """A stored firm, and a list with a row that is likely it."""
    firm = OrganisationFactory.create(
        legal_name="Công ty TNHH Cơ khí Hoàng Long", address="Lô 12 Vita Park", country="LA", tax_code=""
    )
    return SupplierFactory.create(organisation=firm), (
        "Name,Address,Country,Process\nHoang Long Mechanical Co.,Lot 12 Vita Park,LA,CNC turning\n"
    )


def test_a_row_that_is_likely_known_waits_and_is_decided_before_it_is_confirmed(officer: Principal) -> None:
    known, text = likely(officer)
    row = previewed(officer, text)
    waiting = row.rows.likely_known().get()
    assert (waiting.number, waiting.could_be()) == (2, [known.public_id])

    lists.decide_rows(import_id=row.pk, decisions={2: known.public_id}, by=officer)
    with pytest.raises(PreviewNeededError):
        lists.confirm_list(import_id=row.pk, by=officer)
    preview(row, officer)
    assert row.count["updated"] == 1
    lists.confirm_list(import_id=row.pk, by=officer)
    run_due_jobs()

    assert Supplier.objects.get() == known
    assert Listing.objects.get().supplier == known


def test_a_decision_is_taken_back(officer: Principal) -> None:
    _, text = likely(officer)
    row = previewed(officer, text)

    lists.decide_rows(import_id=row.pk, decisions={2: "new"}, by=officer)
    assert preview(row, officer).count["created"] == 1
    lists.decide_rows(import_id=row.pk, decisions={2: None}, by=officer)
    preview(row, officer)

    assert row.decided == {}
    assert row.rows.likely_known().count() == 1


@pytest.mark.parametrize("decisions", [{9: "new"}, {2: "sup_nobody"}])
def test_what_cannot_be_decided_is_refused(officer: Principal, decisions: dict[int, str | None]) -> None:
    _, text = likely(officer)
    row = previewed(officer, text)

    with pytest.raises(InvalidFactError):
        lists.decide_rows(import_id=row.pk, decisions=decisions, by=officer)

    row.refresh_from_db()
    assert (row.decided, row.is_outdated) == ({}, False)


def test_one_decision_teaches_a_word_for_all_rows_and_later_lists(officer: Principal) -> None:
    third = f"Cơ khí Cường,{tax_code(503)},Hà Nội,ZAUBEREI; Tiện,\n"
    row = previewed(officer, HEADER + OTHER + third)
    assert [(word.text, word.rows) for word in words_of(row)] == [("ZAUBEREI", 1), ("Zauberei", 1)]

    lists.teach_word(import_id=row.pk, kind="process", text="Zauberei", code="MACH.SGRIND", by=officer)
    preview(row, officer)

    assert words_of(row) == []
    imported(officer, HEADER + OTHER + third)
    assert Capability.objects.filter(process__code="MACH.SGRIND").count() == 2


def test_what_a_word_that_could_mean_several_things_was_taught_to_mean_settles_it_until_it_is_forgotten(
    officer: Principal,
) -> None:
    text = HEADER + f"A,{AN},Hà Nội,Forming,\n"
    row = previewed(officer, text)
    (word,) = words_of(row)
    assert (word.text, word.outcome) == ("Forming", "ambiguous")

    lists.teach_word(import_id=row.pk, kind="process", text="Forming", code=word.could_be[0], by=officer)
    lists.teach_word(import_id=row.pk, kind="process", text="Forming", code=word.could_be[1], by=officer)
    assert words_of(preview(row, officer)) == []
    taught = Term.objects.filter(source=Source.TAUGHT).values_list("process__code", flat=True)
    assert list(taught) == [word.could_be[1]]
    forget_term(kind=Kind.PROCESS, text="forming")

    assert [each.text for each in words_of(preview(row, officer))] == ["Forming"]


def test_a_province_is_taught_too(officer: Principal) -> None:
    text = f"Tên,MST,Tỉnh,Công nghệ\nA,{AN},Xứ Đoài,Tiện\n"
    row = previewed(officer, text)
    assert [(word.kind, word.text) for word in words_of(row)] == [("province", "Xứ Đoài")]

    lists.teach_word(import_id=row.pk, kind="province", text="Xứ Đoài", code="2025:01", by=officer)

    assert words_of(preview(row, officer)) == []


def test_a_word_is_not_taught_to_mean_what_there_is_not(officer: Principal) -> None:
    row = previewed(officer, HEADER + OTHER)

    with pytest.raises(InvalidFactError):
        lists.teach_word(import_id=row.pk, kind="process", text="Zauberei", code="NOTHING", by=officer)

    assert not Term.objects.filter(source=Source.TAUGHT).exists()
