"""Certificates: declaring, checking, rejecting, and what the section as a whole says."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from accounts.principals import Principal
from config.errors import DuplicateError, InvalidFactError, NotAllowedError, TransitionError
from notifications.models import Event
from suppliers import services
from suppliers.errors import OwnEntryError
from suppliers.models import Certificate, Evidence, Supplier
from tests.factories.accounts import member
from tests.factories.suppliers import CertificateFactory, SiteFactory, standard

pytestmark = pytest.mark.django_db
DAYS = {"valid_from": date(2026, 1, 1), "expires_on": date(2028, 12, 31)}


def add(supplier: Supplier, *, by: Principal, **values: Any) -> Certificate:
    certificate = {"standard": standard("ISO9001"), "number": "Q-1", **DAYS, **values}
    return services.add_certificate(supplier_id=supplier.pk, values=certificate, by=by)


def section(supplier: Supplier) -> tuple[date | None, int]:
    row = Supplier.objects.get(pk=supplier.pk)
    return row.certificates_stated_on, row.certificates_stated_level


def state_of(certificate: Certificate) -> tuple[str, int, str]:
    row = Certificate.objects.get(pk=certificate.pk)
    return row.state, row.level, row.state_reason


def test_a_certificate_begins_as_declared_and_fills_in_the_section(draft: Supplier, owner: Principal) -> None:
    assert section(draft) == (None, 0)

    certificate = add(draft, by=owner)

    assert state_of(certificate) == ("declared", 0, "")
    assert section(draft) == (timezone.localdate(), 0)
    assert list(Evidence.objects.order_by("id").values_list("fact", "act")) == [
        ("certificate", "entered"),
        ("certificates", "entered"),
    ]


def test_an_empty_section_can_be_stated(draft: Supplier, owner: Principal) -> None:
    services.state_certificates(supplier_id=draft.pk, by=owner)

    assert section(draft) == (timezone.localdate(), 0)
    assert Evidence.objects.get().value == []


def test_stating_the_section_again_keeps_what_was_checked(draft: Supplier, owner: Principal) -> None:
    Supplier.objects.update(certificates_stated_on="2026-01-31", certificates_stated_level=2)

    services.state_certificates(supplier_id=draft.pk, by=owner)

    assert section(draft) == (date(2026, 1, 31), 2)
    assert Evidence.objects.count() == 0


def test_removing_the_last_certificate_leaves_a_section_that_says_none(published: Supplier, owner: Principal) -> None:
    certificate = add(published, by=owner)

    services.remove_certificate(certificate_id=certificate.pk, by=owner)

    assert section(published) == (timezone.localdate(), 0)
    assert Evidence.objects.filter(fact="certificates").latest("id").value == []
    assert Certificate.objects.count() == 0


def test_staff_check_a_certificate_with_one_event(draft: Supplier, owner: Principal, officer: Principal) -> None:
    certificate = add(draft, by=owner)

    services.check_certificate(
        certificate_id=certificate.pk, by=officer, observed_on=date(2026, 5, 4), source="IAF CertSearch"
    )

    assert state_of(certificate) == ("checked", 2, "")
    event = Event.objects.get()
    assert (event.topic, event.subject, event.audience) == (
        "certificate.checked",
        draft.public_id,
        [draft.organisation_id],
    )
    assert event.payload.items() >= {"certificate": certificate.public_id, "standard": "ISO9001"}.items()
    line = Evidence.objects.latest("id")
    assert (line.act, line.level, line.observed_on, line.source) == ("checked", 2, date(2026, 5, 4), "IAF CertSearch")


def test_staff_reject_a_certificate_and_only_its_firm_sees_it(
    published: Supplier, owner: Principal, officer: Principal
) -> None:
    certificate = add(published, by=owner)

    services.reject_certificate(certificate_id=certificate.pk, reason="Not in the register.", by=officer)

    assert state_of(certificate) == ("rejected", 0, "Not in the register.")
    assert Event.objects.get().topic == "certificate.rejected"
    assert Certificate.objects.visible_to(member("buyer")).count() == 0
    assert Certificate.objects.visible_to(member("supplier")).count() == 0
    assert Certificate.objects.visible_to(owner).count() == Certificate.objects.visible_to(officer).count() == 1


@pytest.mark.parametrize("state", ["checked", "rejected"])
def test_a_decided_certificate_is_not_decided_again(state: str, published: Supplier, officer: Principal) -> None:
    certificate = CertificateFactory.create(supplier=published, state=state, level=2)

    with pytest.raises(TransitionError):
        services.check_certificate(certificate_id=certificate.pk, by=officer)
    with pytest.raises(TransitionError):
        services.reject_certificate(certificate_id=certificate.pk, reason="No.", by=officer)

    assert state_of(certificate) == (state, 2, "")
    assert Event.objects.count() == Evidence.objects.count() == 0


def test_nobody_checks_a_certificate_that_they_entered(
    draft: Supplier, officer: Principal, colleague: Principal
) -> None:
    certificate = add(draft, by=officer)

    with pytest.raises(OwnEntryError):
        services.check_certificate(certificate_id=certificate.pk, by=officer)
    assert state_of(certificate) == ("declared", 0, "")

    services.check_certificate(certificate_id=certificate.pk, by=colleague)
    assert state_of(certificate) == ("checked", 2, "")


def test_firms_do_not_check_their_own(draft: Supplier, owner: Principal) -> None:
    certificate = add(draft, by=owner)

    with pytest.raises(NotAllowedError):
        services.check_certificate(certificate_id=certificate.pk, by=owner)

    assert state_of(certificate) == ("declared", 0, "")


@pytest.mark.parametrize("change", [{"expires_on": date(2030, 1, 1)}, {"scope": "Casting"}, {"number": "Q-2"}])
def test_a_changed_certificate_is_declared_again(
    change: dict[str, Any], draft: Supplier, owner: Principal, officer: Principal
) -> None:
    certificate = add(draft, by=owner)
    services.check_certificate(certificate_id=certificate.pk, by=officer)

    services.change_certificate(certificate_id=certificate.pk, values=change, by=owner)

    assert state_of(certificate) == ("declared", 0, "")


def test_the_same_certificate_again_stays_checked(draft: Supplier, owner: Principal, officer: Principal) -> None:
    certificate = add(draft, by=owner)
    services.check_certificate(certificate_id=certificate.pk, by=officer)

    services.change_certificate(certificate_id=certificate.pk, values=DAYS, by=owner)

    assert state_of(certificate) == ("checked", 2, "")


def test_a_certificate_is_listed_once(draft: Supplier, owner: Principal) -> None:
    first = add(draft, by=owner)

    with pytest.raises(DuplicateError) as refused:
        add(draft, by=owner)

    assert refused.value.context["existing"] == f"/api/v1/suppliers/{draft.public_id}/certificates/{first.public_id}"
    assert Certificate.objects.count() == 1


def test_another_firms_site_is_none_of_this_one(draft: Supplier, owner: Principal) -> None:
    with pytest.raises(InvalidFactError) as refused:
        add(draft, by=owner, site=SiteFactory.create())

    assert (refused.value.pointer, refused.value.code) == ("/site", "does_not_exist")
    assert Certificate.objects.count() == 0
