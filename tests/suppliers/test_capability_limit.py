"""A firm has only so many capabilities, however they come in."""

import pytest

from accounts.principals import Principal
from config.errors import LimitReachedError
from suppliers import services
from suppliers.models import Capability, Evidence, Site, Supplier
from suppliers.services import NewFirm, capabilities, register_firms, registration
from tests.conftest import ClientFor
from tests.factories.suppliers import CapabilityFactory, SiteFactory, process
from tests.fixtures.crowd import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(draft: Supplier, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Of a firm that may have two capabilities at all its sites, and has one."""
    monkeypatch.setattr(capabilities, "MOST_CAPABILITIES", 2)
    CapabilityFactory.create(site=SiteFactory.create(supplier=draft))
    place: Site = SiteFactory.create(supplier=draft)
    return place


def test_one_more_than_there_may_be_is_refused_and_nothing_moves(
    draft: Supplier, site: Site, owner: Principal, client_for: ClientFor
) -> None:
    turning = process("turning")
    services.add_capability(supplier_id=draft.pk, values={"process": turning, "site": site}, by=owner)
    written = Evidence.objects.count()

    answer = client_for(owner).post(
        f"/api/v1/suppliers/{draft.public_id}/capabilities",
        {"process": "turning", "site": site.public_id},
        format="json",
    )

    assert (answer.status_code, answer.json()["code"], answer.json()["limit"]) == (409, "limit_reached", 2)
    assert (Capability.objects.count(), Evidence.objects.count()) == (2, written)
    last = Capability.objects.get(process=turning)
    services.change_capability(capability_id=last.pk, values={"moq": 5.0}, by=owner)
    services.remove_capability(capability_id=last.pk, by=owner)
    services.add_capability(supplier_id=draft.pk, values={"process": turning, "site": site}, by=owner)
    assert Capability.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_added_at_once_only_one_fits(draft: Supplier, site: Site, owner: Principal) -> None:
    turning = process("turning")

    def add() -> str:
        try:
            services.add_capability(supplier_id=draft.pk, values={"process": turning, "site": site}, by=owner)
        except LimitReachedError:
            return "refused"
        return "added"

    assert sorted(at_once([add] * 2)) == ["added", "refused"]
    assert Capability.objects.count() == 2


def test_a_listed_firm_with_too_many_processes_is_not_stored(
    officer: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registration, "MOST_CAPABILITIES", 1)
    both = [process("turning"), process("milling")]
    firm = NewFirm(
        public_id="sup_1", source_ref="1", organisation={"legal_name": "A"}, profile={}, site={}, processes=both
    )

    with pytest.raises(LimitReachedError) as refused:
        register_firms([firm], by=officer)

    assert refused.value.context == {"limit": 1}
    assert not Supplier.objects.exists()
