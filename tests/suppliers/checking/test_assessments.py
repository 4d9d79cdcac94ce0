"""A visit is put on record, proves what was seen at L3, and can be taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.errors import LeadsOnlyError
from accounts.principals import Principal
from config.errors import InvalidFactError, NotAllowedError, TransitionError
from notifications.models import Event
from suppliers import services
from suppliers.errors import AssessmentUndoneError, CheckedSinceError, OwnEntryError
from suppliers.models import Assessment, Capability, Certificate, Evidence, Site, Supplier
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.suppliers import CapabilityFactory, CertificateFactory, SiteFactory

pytestmark = pytest.mark.django_db
YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.fixture
def site(published: Supplier) -> Site:
    return SiteFactory.create(supplier=published)


@pytest.fixture
def capability(site: Site) -> Capability:
    return CapabilityFactory.create(site=site, tolerance_mm=0.02, moq=5.0)


def visit(site: Site, *facts: tuple[Any, str], by: Principal, **fields: Any) -> Assessment:
    given = {"visited_on": YESTERDAY, "visitors": "Lan, Minh", "conclusion": "Fit for series.", **fields}
    named = [(row.public_id, fact) for row, fact in facts]
    return services.record_assessment(supplier_id=site.supplier_id, facts=named, by=by, **{"site": site, **given})


def levels(capability: Capability) -> tuple[int, int, int]:
    capability.refresh_from_db()
    return capability.process_level, capability.tolerance_mm_level, capability.moq_level


def snapshot(capability: Capability) -> tuple[Any, ...]:
    counts = tuple(model.objects.count() for model in (Evidence, Event, Assessment))
    return levels(capability), capability.version, *counts, list(Certificate.objects.values_list("state", "level"))


def test_a_visit_proves_what_was_seen_in_one_act_with_one_event(
    site: Site, capability: Capability, officer: Principal
) -> None:
    certificate = CertificateFactory.create(supplier=site.supplier)

    made = visit(
        site,
        (capability, "tolerance_mm"),
        (capability, "moq"),
        (certificate, "certificate"),
        by=officer,
        checklist={"safety": "no", "machines": "yes"},
    )

    assert levels(capability) == (0, 3, 3)
    assert (capability.moq_observed_on, capability.version) == (YESTERDAY, 2)
    after = Certificate.objects.get()
    assert (after.state, after.level, after.observed_on) == ("checked", 3, YESTERDAY)
    assert made.checklist == {"machines": "yes", "safety": "no"}
    lines = Evidence.objects.order_by("id").values_list("act", "fact", "level", "source", "assessment")
    assert list(lines) == [
        ("checked", fact, 3, made.public_id, made.pk) for fact in ("tolerance_mm", "moq", "certificate")
    ]
    (event,) = Event.objects.all()
    assert (event.topic, event.audience) == ("assessment.recorded", [site.supplier.organisation_id])


def test_what_is_proved_better_keeps_its_level(site: Site, officer: Principal) -> None:
    today = timezone.localdate()
    capability = CapabilityFactory.create(site=site, moq=5.0, moq_level=4, moq_observed_on=today)

    visit(site, (capability, "moq"), by=officer)

    assert levels(capability)[2] == 4
    assert Evidence.objects.get().level == 3


@pytest.mark.parametrize(
    ("fault", "pointer"),
    [
        ("foreign site", "/site"),
        ("tomorrow", "/visited_on"),
        ("unknown question", "/checklist/beauty"),
        ("unknown answer", "/checklist/order"),
        ("foreign row", "/facts/1/subject"),
        ("unknown fact", "/facts/1/fact"),
        ("fact without a value", "/facts/1/fact"),
    ],
)
def test_a_visit_with_a_fault_leaves_nothing_behind(
    fault: str, pointer: str, site: Site, capability: Capability, officer: Principal
) -> None:
    faulty: dict[str, Any] = {
        "foreign site": {"site": SiteFactory.create()},
        "tomorrow": {"visited_on": timezone.localdate() + timedelta(days=1)},
        "unknown question": {"checklist": {"beauty": "yes"}},
        "unknown answer": {"checklist": {"order": "perhaps"}},
    }
    rows: dict[str, tuple[Any, str]] = {
        "foreign row": (CapabilityFactory.create(), "process"),
        "unknown fact": (capability, "beauty"),
        "fact without a value": (capability, "lead_time_days"),
    }
    row, fact = rows.get(fault, (capability, "moq"))
    before = snapshot(capability)

    with pytest.raises(InvalidFactError) as refusal:
        services.record_assessment(
            supplier_id=capability.supplier.pk,
            facts=[(capability.public_id, "tolerance_mm"), (row.public_id, fact)],
            by=officer,
            **{
                "site": site,
                "visited_on": YESTERDAY,
                "visitors": "Lan",
                "conclusion": "Fit.",
                **faulty.get(fault, {}),
            },
        )

    assert refusal.value.pointer == pointer
    assert snapshot(capability) == before


def test_nobody_confirms_on_a_visit_what_they_entered(site: Site, capability: Capability, officer: Principal) -> None:
    services.change_capability(capability_id=capability.pk, values={"moq": 7.0}, by=officer)
    before = snapshot(capability)

    with pytest.raises(OwnEntryError):
        visit(site, (capability, "tolerance_mm"), (capability, "moq"), by=officer)

    assert snapshot(capability) == before


def test_a_rejected_certificate_is_not_proved_by_a_visit(
    site: Site, capability: Capability, officer: Principal
) -> None:
    certificate = CertificateFactory.create(supplier=site.supplier, state="rejected")
    before = snapshot(capability)

    with pytest.raises(TransitionError):
        visit(site, (certificate, "certificate"), by=officer)

    assert snapshot(capability) == before


def test_firms_record_no_visits(site: Site, capability: Capability, owner: Principal) -> None:
    before = snapshot(capability)

    with pytest.raises(NotAllowedError):
        visit(site, (capability, "moq"), by=owner)

    assert snapshot(capability) == before


def test_an_undone_visit_takes_its_levels_back(
    site: Site, capability: Capability, officer: Principal, lead: Principal
) -> None:
    certificate = CertificateFactory.create(supplier=site.supplier)
    services.set_evidence(row=capability, facts=["moq"], level=1, by=officer)
    made = visit(site, (capability, "moq"), (capability, "process"), (certificate, "certificate"), by=officer)
    assert levels(capability) == (3, 0, 3)

    undone = services.undo_assessment(assessment_id=made.pk, reason="Another plant was seen.", by=lead)

    assert levels(capability) == (0, 0, 1)
    assert Certificate.objects.get().state == "declared"
    assert (undone.undone_by, undone.undone_reason, undone.version) == (lead.user, "Another plant was seen.", 2)
    assert Evidence.objects.filter(act="undone", undoes__assessment=made).count() == 3
    assert Event.objects.get(topic="assessment.undone").reason == "Another plant was seen."
    before = snapshot(capability)
    with pytest.raises(AssessmentUndoneError):
        services.undo_assessment(assessment_id=made.pk, reason="Once more.", by=lead)
    assert snapshot(capability) == before


def test_a_visit_that_was_checked_upon_is_not_undone_before_that_check(
    site: Site, capability: Capability, officer: Principal, lead: Principal
) -> None:
    made = visit(site, (capability, "moq"), (capability, "process"), by=officer)
    services.set_evidence(row=capability, facts=["moq"], level=2, by=officer)
    before = snapshot(capability)

    with pytest.raises(CheckedSinceError):
        services.undo_assessment(assessment_id=made.pk, reason="Another plant was seen.", by=lead)

    assert snapshot(capability) == before
    assert Assessment.objects.get().undone_at is None


def test_what_the_firm_changed_or_removed_since_stays_as_it_is(
    site: Site, capability: Capability, owner: Principal, officer: Principal, lead: Principal
) -> None:
    spare = CapabilityFactory.create(site=site)
    made = visit(site, (capability, "moq"), (capability, "process"), (spare, "process"), by=officer)
    services.change_capability(capability_id=capability.pk, values={"moq": 9.0}, by=owner)
    services.remove_capability(capability_id=spare.pk, by=owner)

    services.undo_assessment(assessment_id=made.pk, reason="Another plant was seen.", by=lead)

    assert (levels(capability), capability.moq) == ((0, 0, 0), 9.0)
    assert set(Evidence.objects.filter(act="undone").values_list("fact", flat=True)) == {"moq", "process"}


def test_an_officer_does_not_undo_a_visit(site: Site, capability: Capability, officer: Principal) -> None:
    made = visit(site, (capability, "moq"), by=officer)
    editor = member("agency", "editor", organisation=officer.organisation)
    before = snapshot(capability)

    with pytest.raises(LeadsOnlyError):
        services.undo_assessment(assessment_id=made.pk, reason="A slip.", by=editor)

    assert snapshot(capability) == before


def test_over_the_api_a_visit_is_recorded_read_by_the_firm_and_undone(
    site: Site, capability: Capability, officer: Principal, owner: Principal, client_for: ClientFor
) -> None:
    staff, firm = client_for(officer), client_for(owner)
    address = f"/api/v1/suppliers/{site.supplier.public_id}/assessments"
    body = {
        "site": site.public_id,
        "visited_on": YESTERDAY.isoformat(),
        "visitors": "Lan",
        "checklist": {"machines": "yes"},
        "conclusion": "Fit for series.",
        "facts": [{"subject": capability.public_id, "fact": "moq"}],
    }

    made = staff.post(address, body)

    assert made.status_code == 201
    (listed,) = firm.get(address).json()["results"]
    assert listed == made.json()
    assert [(fact["subject"], fact["fact"]) for fact in listed["facts"]] == [(capability.public_id, "moq")]
    assert client_for(member("buyer")).get(address).json()["results"] == []
    assert firm.post(f"{made['Location']}/undo", {"reason": "No."}).status_code == 403
    undone = staff.post(f"{made['Location']}/undo", {"reason": "Another plant."})
    assert (undone.status_code, undone.json()["undone_reason"]) == (200, "Another plant.")
    assert levels(capability) == (0, 0, 0)
