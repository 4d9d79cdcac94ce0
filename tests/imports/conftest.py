"""The shipped vocabulary, for lists to be resolved with."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from taxonomy.services import load_taxonomy


@pytest.fixture(scope="module")
def vocabulary(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for all tests of a module, and gone after it."""
    request.getfixturevalue("django_db_setup")
    with django_db_blocker.unblock(), transaction.atomic():
        load_taxonomy()
        yield
        transaction.set_rollback(True)
