"""What a reader may not see, it cannot ask by."""

import pytest

from accounts.principals import ANONYMOUS
from suppliers.models import Supplier
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.suppliers import (
    SupplierFactory,
    published_supplier,
)
from tests.suppliers.search.scene import SUPPLIERS, found, ids, verified_buyer

pytestmark = pytest.mark.django_db


HIDDEN = (
    {"monthly_capacity__gte": "1", "capacity_unit": "pcs"},
    {"monthly_capacity__lte": "x"},
    {"capacity_unit": "nonsense"},
    {"near": "21.03,105.85", "within_km": "50"},
)


FOR_STAFF = ({"ownership": "fdi"}, {"ownership__in": "fdi"}, {"state": "draft"}, {"state__in": "nonsense"})


@pytest.mark.parametrize("query", HIDDEN + FOR_STAFF)
def test_what_a_reader_may_not_see_it_cannot_ask_by(query: dict[str, str], client_for: ClientFor) -> None:
    firm = published_supplier(monthly_capacity=9.0, capacity_unit="pcs")
    own = member("supplier", organisation=firm.organisation)
    readers = [ANONYMOUS, own, member("supplier"), member("buyer")]

    for reader in [*readers, *([verified_buyer()] if query in FOR_STAFF else [])]:
        answer = client_for(reader).get(SUPPLIERS, query)
        refused = (401, "not_authenticated") if reader is ANONYMOUS else (403, "not_allowed")
        assert (answer.status_code, answer.json()["code"]) == refused
        assert firm.public_id not in answer.content.decode()


def test_staff_ask_by_state_and_ownership(client_for: ClientFor) -> None:
    draft = SupplierFactory.create(ownership="fdi")
    submitted = SupplierFactory.create(state="submitted", ownership="private")
    published_supplier()
    client = client_for(member("agency"))

    assert found(client, state="draft") == ids(draft)
    assert found(client, state__in="draft,submitted") == ids(draft, submitted)
    assert found(client, ownership="fdi") == ids(draft)


@pytest.mark.parametrize("state", ["draft", "submitted", "suspended", "archived"])
def test_filters_find_only_what_the_reader_sees(state: str, client_for: ClientFor) -> None:
    firm = published_supplier(processes=("MACH",))
    Supplier.objects.update(state=state)
    own = member("supplier", organisation=firm.organisation)

    for reader in (ANONYMOUS, member("supplier"), verified_buyer()):
        assert found(client_for(reader), process="MACH") == []
    assert found(client_for(own), process="MACH") == ids(firm)
    assert found(client_for(member("agency")), process="MACH") == ids(firm)
