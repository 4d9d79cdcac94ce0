"""A check that was a mistake is undone: the fact stands as before, and the history keeps both."""

from typing import Any

import pytest

from accounts.errors import LeadsOnlyError
from accounts.principals import Principal
from config.errors import InvalidFactError, NotAllowedError, StaleVersionError
from notifications.models import Event
from suppliers import services
from suppliers.errors import CheckedSinceError, CheckNotInForceError, OwnEntryError
from suppliers.facts import Origin
from suppliers.models import Capability, Certificate, Evidence, Supplier
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.suppliers import CapabilityFactory, CertificateFactory, SiteFactory
from tests.fixtures.crowd import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def capability(published: Supplier) -> Capability:
    return CapabilityFactory.create(site=SiteFactory.create(supplier=published), tolerance_mm=0.02, moq=5.0)


def check(
    row: Supplier | Capability, *, by: Principal, level: int = 2, fact: str = "tolerance_mm", note: str = ""
) -> str:
    services.set_evidence(row=row, facts=[fact], level=level, by=by, note=note)
    return Evidence.objects.of(row).filter(act="checked")[0].public_id or ""


def undo(check: str, *, of: Supplier, by: Principal, reason: str = "Wrong firm.") -> Supplier:
    return services.undo_check(supplier_id=of.pk, check=check, reason=reason, by=by)


def stands(row: Capability) -> tuple[int, Any]:
    row.refresh_from_db()
    return row.tolerance_mm_level, row.tolerance_mm_observed_on


def snapshot(row: Capability) -> tuple[Any, ...]:
    row.refresh_from_db()
    return stands(row), row.version, Evidence.objects.count(), Event.objects.count()


def test_an_undone_check_leaves_the_fact_as_it_was_and_both_in_the_history(
    capability: Capability, published: Supplier, officer: Principal, lead: Principal
) -> None:
    before = stands(capability)
    first = check(capability, by=officer, level=3, note="Measured.")
    assert stands(capability)[0] == 3

    undo(first, of=published, by=lead, reason="Measured at the neighbour's.")

    assert stands(capability) == before
    told = Evidence.objects.of(capability).order_by("id").values_list("act", "level", "note", "asserted_by")
    assert list(told) == [
        ("checked", 3, "Measured.", officer.user.pk),  # type: ignore[union-attr]
        ("undone", 0, "Measured at the neighbour's.", lead.user.pk),  # type: ignore[union-attr]
    ]
    event = Event.objects.get(topic="evidence.undone")
    assert (event.reason, event.audience) == ("Measured at the neighbour's.", [published.organisation_id])
    assert event.payload["facts"] == ["tolerance_mm"]


def test_checks_are_undone_from_the_last_back(
    capability: Capability, published: Supplier, officer: Principal, lead: Principal
) -> None:
    first, second = check(capability, by=officer, level=1), check(capability, by=officer, level=3)
    before = snapshot(capability)

    with pytest.raises(CheckedSinceError):
        undo(first, of=published, by=lead)
    assert snapshot(capability) == before

    undo(second, of=published, by=lead)
    assert stands(capability)[0] == 1
    undo(first, of=published, by=lead)
    assert stands(capability)[0] == 0


def test_a_check_is_undone_once(
    capability: Capability, published: Supplier, officer: Principal, lead: Principal
) -> None:
    first = check(capability, by=officer)
    undo(first, of=published, by=lead)
    before = snapshot(capability)

    with pytest.raises(CheckNotInForceError):
        undo(first, of=published, by=lead)

    assert snapshot(capability) == before


def test_what_the_firm_has_changed_since_is_left_alone(
    capability: Capability, published: Supplier, owner: Principal, officer: Principal, lead: Principal
) -> None:
    first = check(capability, by=officer)
    services.change_capability(capability_id=capability.pk, values={"tolerance_mm": 0.05}, by=owner)
    before = snapshot(capability)

    with pytest.raises(CheckNotInForceError):
        undo(first, of=published, by=lead)

    assert snapshot(capability) == before


def test_a_figure_that_was_taken_back_still_loses_a_mistaken_level(
    capability: Capability, published: Supplier, owner: Principal, officer: Principal, lead: Principal
) -> None:
    first = check(capability, by=officer, level=4)
    services.change_capability(capability_id=capability.pk, values={"tolerance_mm": None}, by=owner)

    undo(first, of=published, by=lead)

    assert stands(capability)[0] == 0
    assert "tolerance_mm" in capability.withdrawn


@pytest.mark.parametrize("who", ["officer", "viewer", "owner of the firm"])
def test_only_an_owner_of_the_agency_undoes(
    who: str, capability: Capability, published: Supplier, owner: Principal, officer: Principal
) -> None:
    editor = member("agency", "editor", organisation=officer.organisation)
    by = {"officer": editor, "viewer": member("agency", "viewer", organisation=officer.organisation)}.get(who, owner)
    first = check(capability, by=officer)
    before = snapshot(capability)

    with pytest.raises(LeadsOnlyError if who == "officer" else NotAllowedError):
        undo(first, of=published, by=by)

    assert snapshot(capability) == before


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_undoing_takes_a_reason(
    reason: str, capability: Capability, published: Supplier, officer: Principal, lead: Principal
) -> None:
    first = check(capability, by=officer)
    before = snapshot(capability)

    with pytest.raises(InvalidFactError):
        undo(first, of=published, by=lead, reason=reason)

    assert snapshot(capability) == before


@pytest.mark.parametrize("act", ["check", "reject"])
def test_a_decided_certificate_waits_again(act: str, published: Supplier, officer: Principal, lead: Principal) -> None:
    certificate = CertificateFactory.create(supplier=published)
    if act == "check":
        services.check_certificate(certificate_id=certificate.pk, level=3, by=officer)
    else:
        services.reject_certificate(certificate_id=certificate.pk, reason="Not in the register.", by=officer)
    made = Evidence.objects.get(act="checked").public_id or ""

    undo(made, of=published, by=lead)

    after = Certificate.objects.get()
    assert (after.state, after.state_reason, after.level) == ("declared", "", 0)
    services.check_certificate(certificate_id=certificate.pk, by=officer)
    assert Certificate.objects.get().state == "checked"


def test_a_firm_s_check_is_not_found_through_another_firm(
    capability: Capability, officer: Principal, lead: Principal
) -> None:
    first = check(capability, by=officer)
    other = SiteFactory.create().supplier

    with pytest.raises(Evidence.DoesNotExist):
        undo(first, of=other, by=lead)


def test_over_the_api_a_check_is_undone_by_its_id(
    capability: Capability, published: Supplier, officer: Principal, lead: Principal, client_for: ClientFor
) -> None:
    first = check(capability, by=officer)
    client, address = client_for(lead), f"/api/v1/suppliers/{published.public_id}"

    (line,) = client.get(f"{address}/evidence").json()["results"]
    assert (line["id"], line["undone"]) == (first, False)
    assert client.post(f"{address}/undo-check", {"check": "chk_none", "reason": "No."}).status_code == 404
    done = client.post(f"{address}/undo-check", {"check": first, "reason": "Wrong firm."})

    assert done.status_code == 200
    undo_line, line = client.get(f"{address}/evidence").json()["results"]
    assert (undo_line["act"], undo_line["source"], undo_line["id"]) == ("undone", first, None)
    assert line["undone"] is True
    again = client.post(f"{address}/undo-check", {"check": first, "reason": "Wrong firm."})
    assert (again.status_code, again.json()["code"]) == (409, "check_not_in_force")


def test_who_judges_an_old_copy_hears_so_and_nothing_is_lost(
    capability: Capability, published: Supplier, owner: Principal, officer: Principal, client_for: ClientFor
) -> None:
    client, address = client_for(officer), f"/api/v1/suppliers/{published.public_id}"
    tag = client.get(f"{address}/capabilities/{capability.public_id}")["ETag"]
    services.change_capability(capability_id=capability.pk, values={"tolerance_mm": 0.5}, by=owner)
    before = snapshot(capability)

    body = {"subject": capability.public_id, "facts": ["tolerance_mm"], "level": 3}
    refused = client.post(f"{address}/evidence", body, headers={"if-match": tag})

    assert (refused.status_code, refused.json()["code"]) == (412, "stale_version")
    assert snapshot(capability) == before
    assert client.post(f"{address}/evidence", body).status_code == 200


def test_nobody_checks_what_they_entered(capability: Capability, officer: Principal, colleague: Principal) -> None:
    services.change_capability(capability_id=capability.pk, values={"tolerance_mm": 0.01}, by=officer)
    before = snapshot(capability)

    with pytest.raises(OwnEntryError):
        services.set_evidence(row=capability, facts=["tolerance_mm"], level=2, by=officer)

    assert snapshot(capability) == before
    services.set_evidence(row=capability, facts=["tolerance_mm"], level=2, by=colleague)
    assert stands(capability)[0] == 2


def test_lines_of_the_history_name_the_request(
    capability: Capability, published: Supplier, officer: Principal, client_for: ClientFor
) -> None:
    body = {"subject": capability.public_id, "facts": ["moq"], "level": 2}
    answer = client_for(officer).post(f"/api/v1/suppliers/{published.public_id}/evidence", body)

    assert Evidence.objects.get().request_id == answer["X-Request-Id"]
    assert Event.objects.get(topic="evidence.checked").request_id == answer["X-Request-Id"]


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_check_one_fact_at_once_one_hears_of_the_other(
    capability: Capability, officer: Principal, colleague: Principal
) -> None:
    def judge(by: Principal, level: int) -> str:
        try:
            services.set_evidence(row=capability, facts=["moq"], level=level, by=by, expected_version=1)
        except StaleVersionError as refusal:
            return refusal.code
        return "done"

    outcomes = at_once([lambda: judge(officer, 2), lambda: judge(colleague, 3)])

    assert sorted(outcomes) == ["done", "stale_version"]
    capability.refresh_from_db()
    (line,) = Evidence.objects.filter(act="checked")
    assert (capability.moq_level, capability.version) == (line.level, 2)
    assert line.level == (2 if outcomes[0] == "done" else 3)
    assert Event.objects.filter(topic="evidence.checked").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_undo_one_check_at_once_one_does(
    capability: Capability, published: Supplier, officer: Principal, lead: Principal
) -> None:
    first = check(capability, by=officer)

    def take_back() -> str:
        try:
            undo(first, of=published, by=lead)
        except CheckNotInForceError:
            return "refused"
        return "done"

    assert sorted(at_once([take_back, take_back])) == ["done", "refused"]
    assert Evidence.objects.filter(act="undone").count() == 1
    assert Event.objects.filter(topic="evidence.undone").count() == 1


def test_better_evidence_of_the_firm_since_is_left_alone(
    capability: Capability, published: Supplier, owner: Principal, officer: Principal, lead: Principal
) -> None:
    first = check(capability, by=officer, level=0)
    documented = Origin(level=1)
    services.change_capability(capability_id=capability.pk, values={"tolerance_mm": 0.02}, by=owner, origin=documented)

    with pytest.raises(CheckNotInForceError):
        undo(first, of=published, by=lead)

    assert stands(capability)[0] == 1
