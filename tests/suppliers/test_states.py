"""A firm's way from draft to the public: who may, from where, and that refusals move nothing."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from accounts.models import Membership
from accounts.principals import Principal
from config.errors import DomainError, InvalidFactError, NotAllowedError, TransitionError
from notifications.models import Event
from suppliers import services
from suppliers.errors import OwnEntryError, ProfileIncompleteError, SupplierArchivedError
from suppliers.models import Supplier
from tests.factories.accounts import MembershipFactory, OrganisationFactory, member
from tests.factories.suppliers import CapabilityFactory, SiteFactory, SupplierFactory, process
from tests.fixtures.crowd import at_once

State = Supplier.State
Act = Callable[..., Supplier]
STAFF_ACTS: dict[str, tuple[Act, dict[str, str]]] = {
    "publish": (services.publish_supplier, {}),
    "request changes": (services.request_changes, {"reason": "The address is missing."}),
    "suspend": (services.suspend_supplier, {"reason": "The tax code ended."}),
    "archive": (services.archive_supplier, {}),
}
DRAWN = {
    ("submit", State.DRAFT),
    ("submit", State.CHANGES_REQUESTED),
    ("publish", State.SUBMITTED),
    ("publish", State.SUSPENDED),
    ("request changes", State.SUBMITTED),
    ("suspend", State.PUBLISHED),
    *(("archive", state) for state in State if state != State.ARCHIVED),
}


def complete(supplier: Supplier) -> Supplier:
    CapabilityFactory.create(site=SiteFactory.create(supplier=supplier))
    return supplier


def snapshot(supplier: Supplier) -> tuple[Any, ...]:
    row = Supplier.objects.values().get(pk=supplier.pk)
    return tuple(row.items()), Event.objects.count()


@pytest.mark.django_db
def test_the_whole_way_leaves_one_event_for_each_step(draft: Supplier, owner: Principal, officer: Principal) -> None:
    complete(draft)
    services.submit_supplier(supplier_id=draft.pk, by=owner)
    services.request_changes(supplier_id=draft.pk, reason=" Say which machines. ", by=officer)
    assert Supplier.objects.get().state_reason == "Say which machines."
    services.submit_supplier(supplier_id=draft.pk, by=owner)
    services.publish_supplier(supplier_id=draft.pk, by=officer)
    services.suspend_supplier(supplier_id=draft.pk, reason="A complaint.", by=officer)
    first_published = Supplier.objects.get().published_at
    services.publish_supplier(supplier_id=draft.pk, by=officer)
    services.archive_supplier(supplier_id=draft.pk, by=officer)

    after = Supplier.objects.get()
    firm, agency = draft.organisation_id, officer.organisation_id
    assert agency is not None
    assert (after.state, after.version, after.published_at) == (State.ARCHIVED, 8, first_published)
    assert list(Event.objects.order_by("id").values_list("topic", "audience", "reason")) == [
        ("supplier.submitted", sorted([firm, agency]), ""),
        ("supplier.changes_requested", [firm], "Say which machines."),
        ("supplier.submitted", sorted([firm, agency]), ""),
        ("supplier.published", [firm], ""),
        ("supplier.suspended", [firm], "A complaint."),
        ("supplier.published", [firm], ""),
        ("supplier.archived", [firm], ""),
    ]
    assert set(Event.objects.values_list("subject", flat=True)) == {draft.public_id}


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["submit", *STAFF_ACTS])
@pytest.mark.parametrize("state", list(State))
def test_only_drawn_transitions_happen(
    act: str, state: str, draft: Supplier, owner: Principal, officer: Principal
) -> None:
    complete(draft)
    Supplier.objects.update(state=state, published_at="2026-01-01T00:00:00Z")
    before = snapshot(draft)
    service, arguments = STAFF_ACTS.get(act, (services.submit_supplier, {}))
    by = officer if act in STAFF_ACTS else owner

    if (act, state) in DRAWN:
        service(supplier_id=draft.pk, by=by, **arguments)
        assert Supplier.objects.get().state != state
        assert Event.objects.count() == 1
        return
    with pytest.raises((TransitionError, SupplierArchivedError)):
        service(supplier_id=draft.pk, by=by, **arguments)
    assert snapshot(draft) == before


@pytest.mark.django_db
@pytest.mark.parametrize("act", STAFF_ACTS)
@pytest.mark.parametrize("who", ["owner", "other firm", "buyer", "viewer of the agency"])
def test_only_officers_decide(act: str, who: str, published: Supplier, owner: Principal) -> None:
    service, arguments = STAFF_ACTS[act]
    people = {
        "owner": owner,
        "other firm": member("supplier"),
        "buyer": member("buyer"),
        "viewer of the agency": member("agency", role="viewer"),
    }
    before = snapshot(published)

    with pytest.raises(NotAllowedError):
        service(supplier_id=published.pk, by=people[who], **arguments)

    assert snapshot(published) == before


@pytest.mark.django_db
def test_who_cannot_see_a_firm_learns_nothing_of_it(draft: Supplier) -> None:
    with pytest.raises(Supplier.DoesNotExist):
        services.submit_supplier(supplier_id=draft.pk, by=member("supplier"))


@pytest.mark.django_db
def test_a_viewer_of_the_firm_cannot_submit_it(draft: Supplier, owner: Principal) -> None:
    viewer = member("supplier", role="viewer", organisation=owner.organisation)

    with pytest.raises(NotAllowedError):
        services.submit_supplier(supplier_id=complete(draft).pk, by=viewer)

    assert Supplier.objects.get().state == State.DRAFT


@pytest.mark.django_db
def test_whoever_submitted_a_firm_cannot_publish_it(draft: Supplier, officer: Principal, colleague: Principal) -> None:
    services.submit_supplier(supplier_id=complete(draft).pk, by=officer)
    before = snapshot(draft)

    with pytest.raises(OwnEntryError) as refused:
        services.publish_supplier(supplier_id=draft.pk, by=officer)

    assert refused.value.code == "own_entry"
    assert snapshot(draft) == before
    assert services.publish_supplier(supplier_id=draft.pk, by=colleague).state == State.PUBLISHED


@pytest.mark.django_db
@pytest.mark.parametrize("entry", ["profile", "plain", "site", "capability"])
def test_whoever_entered_anything_of_a_firm_cannot_publish_it(
    entry: str, draft: Supplier, owner: Principal, officer: Principal, colleague: Principal
) -> None:
    complete(draft)
    site = SiteFactory.create(supplier=draft)
    entries: dict[str, Callable[[], Any]] = {
        "profile": lambda: services.change_supplier(supplier_id=draft.pk, values={"languages": ["en"]}, by=officer),
        "plain": lambda: services.change_supplier(supplier_id=draft.pk, values={"employees_total": 9}, by=officer),
        "site": lambda: services.change_site(site_id=site.pk, values={"name": "Two"}, by=officer),
        "capability": lambda: services.add_capability(
            supplier_id=draft.pk, values={"process": process("milling"), "site": site}, by=officer
        ),
    }
    entries[entry]()
    services.submit_supplier(supplier_id=draft.pk, by=owner)

    with pytest.raises(OwnEntryError):
        services.publish_supplier(supplier_id=draft.pk, by=officer)
    assert Supplier.objects.get().state == State.SUBMITTED

    assert services.publish_supplier(supplier_id=draft.pk, by=colleague).state == State.PUBLISHED


@pytest.mark.django_db
def test_an_officer_who_belongs_to_the_firm_cannot_publish_it(
    draft: Supplier, owner: Principal, officer: Principal
) -> None:
    MembershipFactory.create(user=officer.user, organisation=draft.organisation, role=Membership.Role.VIEWER)
    services.submit_supplier(supplier_id=complete(draft).pk, by=owner)

    with pytest.raises(OwnEntryError):
        services.publish_supplier(supplier_id=draft.pk, by=officer)

    assert Supplier.objects.get().state == State.SUBMITTED


@pytest.mark.django_db
def test_an_empty_profile_cannot_be_submitted(draft: Supplier, owner: Principal) -> None:
    before = snapshot(draft)

    with pytest.raises(ProfileIncompleteError) as refused:
        services.submit_supplier(supplier_id=draft.pk, by=owner)

    assert refused.value.context == {"missing": ["capability", "province"]}
    assert snapshot(draft) == before


@pytest.mark.django_db
def test_a_firm_abroad_needs_an_address_instead_of_tax_code_and_province(officer: Principal) -> None:
    abroad = OrganisationFactory.create(country="US", tax_code="")
    supplier = SupplierFactory.create(organisation=abroad)
    site = SiteFactory.create(supplier=supplier, province=None, address="")
    CapabilityFactory.create(site=site)

    with pytest.raises(ProfileIncompleteError) as refused:
        services.submit_supplier(supplier_id=supplier.pk, by=officer)
    assert refused.value.context == {"missing": ["address"]}

    services.change_site(site_id=site.pk, values={"address": "1 Main Street, Springfield"}, by=officer)
    assert services.submit_supplier(supplier_id=supplier.pk, by=officer).state == State.SUBMITTED


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_sending_back_takes_a_reason_of_fitting_length(reason: str, draft: Supplier, officer: Principal) -> None:
    Supplier.objects.update(state=State.SUBMITTED)
    before = snapshot(draft)

    with pytest.raises(InvalidFactError) as refused:
        services.request_changes(supplier_id=draft.pk, reason=reason, by=officer)

    assert refused.value.pointer == "/reason"
    assert snapshot(draft) == before


@pytest.mark.django_db
def test_an_archived_firm_keeps_its_facts(draft: Supplier, owner: Principal) -> None:
    Supplier.objects.update(state=State.ARCHIVED)
    before = snapshot(draft)

    with pytest.raises(SupplierArchivedError):
        services.change_supplier(supplier_id=draft.pk, values={"founded_year": 1999}, by=owner)

    assert snapshot(draft) == before


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_publish_at_once_one_is_told_that_it_is_done(
    draft: Supplier, owner: Principal, officer: Principal, colleague: Principal
) -> None:
    services.submit_supplier(supplier_id=complete(draft).pk, by=owner)

    def publish(by: Principal) -> str:
        try:
            return services.publish_supplier(supplier_id=draft.pk, by=by).state
        except DomainError as refusal:
            return refusal.code

    outcomes = at_once([partial(publish, by) for by in (officer, colleague)])

    assert sorted(outcomes) == ["published", "transition_not_allowed"]
    assert Event.objects.filter(topic="supplier.published").count() == 1
    assert Supplier.objects.get().version == 3
