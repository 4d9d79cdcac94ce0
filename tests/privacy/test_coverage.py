"""Nothing personal is forgotten: every reference to a person is named, shown in copies, and dealt with by erasure."""

from pathlib import Path

from django.apps import apps

from accounts.models import Membership, User
from config.personal_data import Erasure, references, traces

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "personal-data.md"
BELONGING_TO_A_PERSON = (User, Membership)


def references_in_the_models() -> set[str]:
    return {
        f"{model._meta.app_label}.{model.__name__}.{column.name}"
        for model in apps.get_models(include_auto_created=True)
        for column in model._meta.concrete_fields
        if not model._meta.proxy and column.related_model in BELONGING_TO_A_PERSON
    }


def test_every_reference_to_a_person_is_covered() -> None:
    """A new one gets an entry in the `personal_data` module of its app: what a copy shows, and what erasure does."""
    assert {reference.path for reference in references} == references_in_the_models()
    assert len(references) == len({reference.path for reference in references})
    assert len(references) > 20


def test_what_is_kept_is_kept_for_a_reason_and_what_is_blanked_names_its_columns() -> None:
    for reference in references:
        assert bool(reference.because) == (reference.erasure is not Erasure.DELETED), reference.path
        assert bool(reference.blanks) == (reference.erasure is Erasure.BLANKED), reference.path
        assert reference.shows, reference.path


def test_the_documentation_names_every_kind_of_row() -> None:
    page = PAGE.read_text()

    missing = [reference.path for reference in references if f"`{reference.path}`" not in page]
    missing += [trace.section for trace in traces if f"`{trace.section}`" not in page]
    assert missing == []
