"""People around one firm."""

import pytest

from accounts.principals import Principal
from suppliers.models import Supplier
from tests.factories.accounts import member
from tests.factories.suppliers import SupplierFactory


@pytest.fixture
def owner() -> Principal:
    """Owner of the firm."""
    return member("supplier")


@pytest.fixture
def officer() -> Principal:
    return member("agency")


@pytest.fixture
def colleague(officer: Principal) -> Principal:
    """Another officer of the same agency."""
    return member("agency", organisation=officer.organisation)


@pytest.fixture
def draft(owner: Principal) -> Supplier:
    return SupplierFactory.create(organisation=owner.organisation)


@pytest.fixture
def published(owner: Principal) -> Supplier:
    return SupplierFactory.create(organisation=owner.organisation, published=True)
