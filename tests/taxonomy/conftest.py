"""The shipped vocabulary, in memory and in the database."""

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from taxonomy.services import load_taxonomy
from taxonomy.vocabulary import Vocabulary, read_vocabulary


@pytest.fixture(scope="session")
def shipped(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Vocabulary:
    """What the resolver knows after a load of the shipped files. Leaves nothing in the database."""
    request.getfixturevalue("django_db_setup")
    with django_db_blocker.unblock(), transaction.atomic():
        load_taxonomy()
        vocabulary = read_vocabulary(version=1)
        transaction.set_rollback(True)
    return vocabulary


@pytest.fixture
def loaded(request: pytest.FixtureRequest) -> None:
    """The shipped files, loaded into the database for one test."""
    request.getfixturevalue("db")
    load_taxonomy()
