"""Claims to imported firms."""

from functools import partial
from typing import Any

import pytest
from django.conf import LazySettings

from accounts.models import Change, Membership
from accounts.principals import Principal
from config.changes import begin_another_act
from config.errors import DomainError
from notifications.models import Event
from notifications.relay import readers_of
from suppliers import services
from suppliers.models import Claim, Supplier
from tests.conftest import ClientFor
from tests.factories.accounts import MembershipFactory, UserFactory, member
from tests.factories.suppliers import SupplierFactory
from tests.fixtures.crowd import at_once

CLAIMS = "/api/v1/claims"


def person() -> Principal:
    """Somebody who has signed up and belongs to no organisation yet."""
    return Principal(user=UserFactory.create())


def post(client: Any, url: str, body: Any = None) -> Any:
    return client.post(url, body, format="json")


@pytest.mark.django_db
def test_an_imported_firm_is_claimed_by_tax_code_and_becomes_the_claimants(
    officer: Principal, client_for: ClientFor
) -> None:
    firm, claimant = SupplierFactory.create(), person()
    tax_code = firm.organisation.tax_code

    opened = post(client_for(claimant), CLAIMS, {"tax_code": f"{tax_code[:4]} {tax_code[4:]}", "note": "I run it."})
    assert (opened.status_code, opened.json()["state"]) == (201, "pending")
    url = opened["Location"]
    approved = post(client_for(officer), f"{url}/approve")

    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
    assert list(Membership.objects.filter(user=claimant.user).values_list("organisation", "role")) == [
        (firm.organisation_id, "owner")
    ]
    topics = Event.objects.filter(subject=firm.public_id).order_by("id").values_list("topic", "audience")
    assert list(topics) == [
        ("claim.opened", [officer.organisation_id]),
        ("claim.approved", [firm.organisation_id]),
    ]


@pytest.mark.django_db
def test_a_rejected_claim_gives_no_membership_and_can_be_tried_again(officer: Principal, client_for: ClientFor) -> None:
    firm, claimant = SupplierFactory.create(published=True), person()
    claim = services.claim_supplier(supplier_id=firm.pk, by=claimant)

    rejected = post(client_for(officer), f"{CLAIMS}/{claim.public_id}/reject", {"reason": "Not on the register."})
    assert (rejected.status_code, rejected.json()["state_reason"]) == (200, "Not on the register.")
    again = post(client_for(officer), f"{CLAIMS}/{claim.public_id}/approve")

    assert (again.status_code, again.json()["code"]) == (409, "transition_not_allowed")
    assert Membership.objects.filter(user=claimant.user).count() == 0
    assert post(client_for(claimant), CLAIMS, {"supplier": firm.public_id}).status_code == 201


@pytest.mark.django_db
def test_of_a_rejected_claim_the_claimant_hears_and_colleagues_elsewhere_do_not(officer: Principal) -> None:
    claimant = member("supplier")
    member(organisation=claimant.organisation)
    claim = services.claim_supplier(supplier_id=SupplierFactory.create(published=True).pk, by=claimant)

    services.reject_claim(claim_id=claim.pk, reason="Not on the register.", by=officer)

    event = Event.objects.get(topic="claim.rejected")
    assert claimant.user is not None
    assert readers_of([event]) == {event: {claimant.user.pk}}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"tax_code": "0100109106"}, 400, "does_not_exist"),
        ({"tax_code": "12"}, 400, "invalid_tax_code"),
        ({"tax_code": ""}, 400, "invalid"),
        ({}, 400, "invalid"),
        ({"supplier": "draft"}, 400, "invalid"),
        ({"supplier": "represented"}, 409, "already_claimed"),
    ],
)
def test_claims_to_no_such_firm_or_to_a_represented_one_are_refused(
    body: dict[str, str], status: int, code: str, client_for: ClientFor
) -> None:
    draft, represented = SupplierFactory.create(), SupplierFactory.create(published=True)
    MembershipFactory.create(organisation=represented.organisation)
    ids = {"draft": draft.public_id, "represented": represented.public_id}
    body = {**body, **({"supplier": ids[body["supplier"]]} if "supplier" in body else {})}

    response = post(client_for(person()), CLAIMS, body)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert Claim.objects.count() == Event.objects.count() == 0


@pytest.mark.django_db
def test_a_waiting_claim_is_not_repeated(client_for: ClientFor) -> None:
    firm, claimant = SupplierFactory.create(published=True), person()
    claim = services.claim_supplier(supplier_id=firm.pk, by=claimant)

    response = post(client_for(claimant), CLAIMS, {"supplier": firm.public_id})

    assert (response.status_code, response.json()["existing"]) == (409, f"{CLAIMS}/{claim.public_id}")
    assert Claim.objects.count() == 1


@pytest.mark.django_db
def test_claims_are_seen_by_the_claimant_and_staff_and_decided_by_staff_alone(
    officer: Principal, client_for: ClientFor
) -> None:
    claimant, other = person(), person()
    claim = services.claim_supplier(supplier_id=SupplierFactory.create(published=True).pk, by=claimant)
    url = f"{CLAIMS}/{claim.public_id}"

    assert client_for(other).get(url).status_code == 404
    assert post(client_for(other), f"{url}/approve").status_code == 404
    assert client_for(claimant).get(url).status_code == client_for(officer).get(url).status_code == 200
    assert post(client_for(claimant), f"{url}/approve").status_code == 403
    assert [row["id"] for row in client_for(other).get(CLAIMS).json()["results"]] == []

    claim.refresh_from_db()
    assert (claim.state, Membership.objects.filter(user=claimant.user).count()) == ("pending", 0)


@pytest.mark.django_db
def test_a_claim_tells_nothing_of_a_firm_that_the_claimant_may_not_see_and_never_a_tax_code(
    officer: Principal, client_for: ClientFor
) -> None:
    draft, published, claimant = SupplierFactory.create(), SupplierFactory.create(published=True), person()
    client = client_for(claimant)

    hidden = post(client, CLAIMS, {"tax_code": draft.organisation.tax_code})
    shown = post(client, CLAIMS, {"supplier": published.public_id})

    of_firm = ("supplier", "legal_name", "tax_code")
    assert [hidden.json()[name] for name in of_firm] == ["", "", ""]
    assert [shown.json()[name] for name in of_firm] == [published.public_id, published.organisation.legal_name, ""]
    assert client.get(hidden["Location"], {"expand": "supplier"}).json()["expanded"] == {"supplier": None}
    assert client.get(shown["Location"], {"expand": "supplier"}).json()["expanded"]["supplier"]["id"] == (
        published.public_id
    )
    listed = client.get(CLAIMS).content.decode()
    for secret in (draft.public_id, draft.organisation.legal_name, draft.organisation.tax_code):
        assert secret not in hidden.content.decode() + listed
    assert published.organisation.tax_code not in shown.content.decode() + listed
    rows = client_for(officer).get(CLAIMS).json()["results"]
    assert [row["tax_code"] for row in rows] == [published.organisation.tax_code, draft.organisation.tax_code]
    assert [row["supplier"] for row in rows] == [published.public_id, draft.public_id]


@pytest.mark.django_db
def test_nobody_has_more_claims_waiting_than_may(officer: Principal, client_for: ClientFor) -> None:
    firms, client = SupplierFactory.create_batch(5, published=True), client_for(person())
    opened = [post(client, CLAIMS, {"supplier": firm.public_id}) for firm in firms[:3]]

    refused = post(client, CLAIMS, {"supplier": firms[3].public_id})
    repeated = post(client, CLAIMS, {"supplier": firms[0].public_id})

    assert [answer.status_code for answer in opened] == [201] * 3
    assert (refused.status_code, refused.json()["code"], refused.json()["most"]) == (409, "too_many_claims", 3)
    assert (repeated.status_code, repeated.json()["code"]) == (409, "already_exists")
    assert Claim.objects.count() == Event.objects.count() == 3
    post(client_for(officer), f"{opened[0]['Location']}/reject", {"reason": "Not on the register."})
    assert post(client, CLAIMS, {"supplier": firms[3].public_id}).status_code == 201
    assert post(client_for(person()), CLAIMS, {"supplier": firms[4].public_id}).status_code == 201


@pytest.mark.django_db
def test_claims_have_a_limit_of_their_own(client_for: ClientFor, settings: LazySettings) -> None:
    settings.LIMITS = {**settings.LIMITS, "claim": "2/hour"}
    client = client_for(person())

    answers = [post(client, CLAIMS, {"supplier": "sup_none"}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [400, 400, 429]


@pytest.mark.django_db
def test_officers_do_not_approve_their_own_claim(officer: Principal, client_for: ClientFor) -> None:
    claim = services.claim_supplier(supplier_id=SupplierFactory.create(published=True).pk, by=officer)

    response = post(client_for(officer), f"{CLAIMS}/{claim.public_id}/approve")

    assert (response.status_code, response.json()["code"]) == (403, "own_entry")
    claim.refresh_from_db()
    assert claim.state == "pending"


@pytest.mark.django_db
def test_an_approved_claim_rejects_its_rivals_and_tells_each_why_in_their_language(officer: Principal) -> None:
    assert officer.user is not None
    firm, other_firm = SupplierFactory.create_batch(2, published=True)
    people = [UserFactory.create(language=language) for language in ("vi", "vi", "en")]
    claim, *beaten = [services.claim_supplier(supplier_id=firm.pk, by=Principal(user=user)) for user in people]
    elsewhere = services.claim_supplier(supplier_id=other_firm.pk, by=Principal(user=people[1]))

    services.approve_claim(claim_id=claim.pk, by=officer)

    assert list(Claim.objects.order_by("pk").values_list("pk", "state", "state_reason", "decided_by")) == [
        (claim.pk, "approved", "", officer.user.pk),
        (beaten[0].pk, "rejected", "Người khác đã chứng minh họ đại diện cho doanh nghiệp này.", officer.user.pk),
        (beaten[1].pk, "rejected", "Somebody else has shown that they represent this firm.", officer.user.pk),
        (elsewhere.pk, "pending", "", None),
    ]
    events = Event.objects.filter(topic="claim.rejected").order_by("pk")
    assert [readers_of([event])[event] for event in events] == [{people[1].pk}, {people[2].pk}]
    assert [event.payload["claim"] for event in events] == [claim.public_id for claim in beaten]


@pytest.mark.django_db(transaction=True)
def test_of_two_claims_approved_at_once_one_wins(officer: Principal, colleague: Principal) -> None:
    firm = SupplierFactory.create(published=True)
    claims = [services.claim_supplier(supplier_id=firm.pk, by=person()) for _ in range(2)]

    def approve(claim: Claim, by: Principal) -> str:
        try:
            return services.approve_claim(claim_id=claim.pk, by=by).state
        except DomainError as refusal:
            return refusal.code

    outcomes = at_once([partial(approve, *pair) for pair in zip(claims, (officer, colleague), strict=True)])

    assert sorted(outcomes) == ["approved", "transition_not_allowed"]
    assert Membership.objects.filter(organisation=firm.organisation).count() == 1
    assert sorted(Claim.objects.values_list("state", flat=True)) == ["approved", "rejected"]
    assert Supplier.objects.count() == 1


@pytest.mark.django_db
def test_software_cannot_claim(client_for: ClientFor) -> None:
    firm, buyer = SupplierFactory.create(published=True), member("buyer")
    software = Principal(organisation=buyer.organisation, scopes=frozenset({"read", "write"}))

    with pytest.raises(DomainError):
        services.claim_supplier(supplier_id=firm.pk, by=software)

    assert Claim.objects.count() == 0


@pytest.mark.django_db
def test_an_approval_that_was_a_mistake_is_taken_back_and_can_be_decided_anew(officer: Principal) -> None:
    firm, claimant = SupplierFactory.create(published=True), person()
    claim = services.claim_supplier(supplier_id=firm.pk, by=claimant)
    services.approve_claim(claim_id=claim.pk, by=officer)
    begin_another_act()

    services.undo_claim_decision(claim_id=claim.pk, reason="Another firm.", by=officer)

    claim.refresh_from_db()
    assert (claim.state, claim.state_reason, claim.decided_by) == ("pending", "Another firm.", officer.user)
    assert Membership.objects.filter(user=claimant.user).count() == 0
    event = Event.objects.get(topic="claim.undone")
    assert claimant.user is not None
    assert event.act is not None
    assert (event.subject, event.people, event.reason) == (firm.public_id, [claimant.user.pk], "Another firm.")
    kept = dict(Change.objects.filter(act=event.act).values_list("model", "columns"))
    assert kept["suppliers.Claim"]["state"] == ["approved", "pending"]
    assert kept["accounts.Membership"]["user_id"] == [claimant.user.pk, None]
    services.reject_claim(claim_id=claim.pk, reason="Not on the register.", by=officer)
    assert Claim.objects.get().state == "rejected"


@pytest.mark.django_db
def test_a_rejection_that_was_a_mistake_is_taken_back_and_no_membership_ends_with_it(officer: Principal) -> None:
    firm, claimant = SupplierFactory.create(published=True), person()
    claim = services.claim_supplier(supplier_id=firm.pk, by=claimant)
    services.reject_claim(claim_id=claim.pk, reason="Not on the register.", by=officer)
    assert claimant.user is not None
    MembershipFactory.create(organisation=firm.organisation, user=claimant.user, role="editor")

    services.undo_claim_decision(claim_id=claim.pk, reason="It is on the register.", by=officer)

    assert Claim.objects.get().state == "pending"
    assert Membership.objects.get(user=claimant.user).role == "editor"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("decided", "who", "reason", "code"),
    [
        (True, "editor", "Another firm.", "leads_only"),
        (True, "viewer", "Another firm.", "not_allowed"),
        (True, "owner", " ", "required"),
        (False, "owner", "Another firm.", "transition_not_allowed"),
        (True, "claimed anew", "Another firm.", "already_exists"),
    ],
)
def test_only_leads_take_back_what_was_decided_and_nothing_moves_where_it_is_refused(
    decided: bool, who: str, reason: str, code: str, officer: Principal
) -> None:
    claimant = person()
    claim = services.claim_supplier(supplier_id=SupplierFactory.create(published=True).pk, by=claimant)
    if decided:
        services.reject_claim(claim_id=claim.pk, reason="Not on the register.", by=officer)
    if who == "claimed anew":
        services.claim_supplier(supplier_id=claim.supplier_id, by=claimant)
    by = officer if who == "claimed anew" else member("agency", who, officer.organisation)
    claim.refresh_from_db()
    before = (claim.state, claim.version, Event.objects.count(), Change.objects.count())

    with pytest.raises(DomainError) as refusal:
        services.undo_claim_decision(claim_id=claim.pk, reason=reason, by=by)

    assert refusal.value.code == code
    claim.refresh_from_db()
    assert (claim.state, claim.version, Event.objects.count(), Change.objects.count()) == before
