"""Which standards a firm says it meets, and what staff found when they checked."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.principals import Principal
from config.errors import DuplicateError, InvalidFactError
from notifications.services import publish
from suppliers.checking import check_line, last_entered_by, set_level, standing_of
from suppliers.facts import DECLARED_TODAY, FACTS, Origin, is_better
from suppliers.limits import check_observed, check_validity
from suppliers.models import Certificate, Evidence, EvidenceLevel, Supplier
from suppliers.recording import evidence_row, record_facts
from suppliers.services.access import lock_certificate, lock_supplier, refuse_own, require_staff
from suppliers.services.sites import site_of
from suppliers.services.states import checked_reason

AS_A_WHOLE = FACTS[Certificate][0]
CERTIFICATE = frozenset(AS_A_WHOLE.columns)
"""What may be said of a certificate."""


@transaction.atomic
def add_certificate(
    *, supplier_id: int, values: Mapping[str, Any], by: Principal, origin: Origin = DECLARED_TODAY
) -> Certificate:
    """Add a certificate; with it the firm's certificate section is filled in.

    Args:
        values: of `CERTIFICATE`; `standard` is required.

    Raises:
        Supplier.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        InvalidFactError: a value is not valid, or the dates are out of order.
        DuplicateError: the firm has listed this certificate already.
    """
    supplier = lock_supplier(supplier_id, by=by)
    if values.get("standard") is None:
        raise InvalidFactError(_("This field is required."), pointer="/standard", code="required")
    certificate = Certificate(supplier=supplier, standard=values["standard"])
    _record(certificate, values, by=by, origin=origin)
    _restate(supplier, by=by, origin=origin)
    return certificate


@transaction.atomic
def change_certificate(
    *,
    certificate_id: int,
    values: Mapping[str, Any],
    by: Principal,
    origin: Origin = DECLARED_TODAY,
    expected_version: int | None = None,
) -> Certificate:
    """Change some of `CERTIFICATE`. A changed certificate is declared only, until it is checked again.

    Raises:
        Certificate.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        StaleVersionError: it has changed since `expected_version`.
        InvalidFactError: a value is not valid, or the dates are out of order.
        DuplicateError: the firm has listed this certificate already.
    """
    certificate = lock_certificate(certificate_id, by=by)
    certificate.check_version(expected_version)
    standard_id = certificate.standard_id
    _record(certificate, values, by=by, origin=origin)
    if certificate.standard_id != standard_id:
        _restate(certificate.supplier, by=by, origin=origin)
    return certificate


@transaction.atomic
def remove_certificate(*, certificate_id: int, by: Principal, expected_version: int | None = None) -> None:
    """Remove a certificate. The section stays filled in: without this standard, not unknown.

    Raises:
        Certificate.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        StaleVersionError: it has changed since `expected_version`.
    """
    certificate = lock_certificate(certificate_id, by=by)
    certificate.check_version(expected_version)
    supplier = certificate.supplier
    removal = evidence_row(
        certificate, "certificate", certificate.standard.code, act=Evidence.Act.REMOVED, by=by, origin=DECLARED_TODAY
    )
    removal.supplier = supplier
    removal.save()
    certificate.delete()
    _restate(supplier, by=by, origin=DECLARED_TODAY)


@transaction.atomic
def state_certificates(*, supplier_id: int, by: Principal, origin: Origin = DECLARED_TODAY) -> Supplier:
    """Say that the certificate section is filled in as it stands: with no certificate listed, that there is none.

    Raises:
        Supplier.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        InvalidFactError: observed in the future.
    """
    supplier = lock_supplier(supplier_id, by=by)
    check_observed(origin.day)
    present = (supplier.certificates_stated_level, supplier.certificates_stated_on)
    if is_better((origin.level, origin.day), present, half_life_days=None):
        _restate(supplier, by=by, origin=origin)
    return supplier


@transaction.atomic
def check_certificate(
    *,
    certificate_id: int,
    by: Principal,
    level: int = EvidenceLevel.CHECKED,
    observed_on: date | None = None,
    source: str = "",
    note: str = "",
    expected_version: int | None = None,
) -> Certificate:
    """Confirm a declared certificate after checking it against the issuer or a register.

    Raises:
        Certificate.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`; staff only.
        StaleVersionError: it has changed since `expected_version`.
        TransitionError: it is not declared, but checked or rejected already.
        OwnEntryError: the officer entered it.
        InvalidFactError: a level below "checked", or a day in the future.
    """
    certificate, before = _lock_to_decide(
        certificate_id, by=by, to=Certificate.State.CHECKED, expected_version=expected_version
    )
    if level < EvidenceLevel.CHECKED:
        raise InvalidFactError(_("Checked means L2 or better."), pointer="/level", code="min_value")
    origin = Origin(level=level, observed_on=observed_on, source=source, note=note)
    check_observed(origin.day)
    refuse_own(certificate.supplier, entered_by=last_entered_by(certificate, "certificate"), by=by)
    certificate.state_reason = ""
    set_level(certificate, AS_A_WHOLE, origin)
    certificate.save_next_version()
    entry = check_line(certificate, AS_A_WHOLE, by=by, origin=origin, before=before)
    return _tell("certificate.checked", certificate, entry, by=by)


@transaction.atomic
def reject_certificate(
    *, certificate_id: int, reason: str, by: Principal, expected_version: int | None = None
) -> Certificate:
    """Refuse a declared certificate: it counts as not held, and only the firm and staff see it.

    Raises:
        Certificate.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`; staff only.
        StaleVersionError: it has changed since `expected_version`.
        TransitionError: it is not declared, but checked or rejected already.
        InvalidFactError: no reason is given.
    """
    certificate, before = _lock_to_decide(
        certificate_id, by=by, to=Certificate.State.REJECTED, expected_version=expected_version
    )
    certificate.state_reason = checked_reason(reason)
    certificate.save_next_version()
    origin = Origin(note=certificate.state_reason)
    entry = check_line(certificate, AS_A_WHOLE, by=by, origin=origin, before=before)
    return _tell("certificate.rejected", certificate, entry, by=by)


def _record(certificate: Certificate, values: Mapping[str, Any], *, by: Principal, origin: Origin) -> None:
    if unknown := sorted(values.keys() - CERTIFICATE):
        raise InvalidFactError(_("Unknown field."), pointer=f"/{unknown[0]}", code="unknown_field")
    if "standard" in values and values["standard"] is None:
        raise InvalidFactError(_("This field is required."), pointer="/standard", code="required")
    if values.get("site") is not None:
        site_of(certificate.supplier, values["site"])
    after = {name: values.get(name, getattr(certificate, name)) for name in CERTIFICATE}
    check_validity(after["valid_from"], after["expires_on"], never_expires=after["never_expires"])
    _refuse_duplicate(certificate, after)
    is_new = certificate.pk is None
    if "certificate" in record_facts(certificate, values, by=by, origin=origin) and not is_new:
        certificate.state = Certificate.State.DECLARED
        certificate.state_reason = ""
        certificate.save()


def _refuse_duplicate(certificate: Certificate, after: Mapping[str, Any]) -> None:
    same = Certificate.objects.filter(
        supplier=certificate.supplier, standard=after["standard"], number=after["number"]
    ).exclude(pk=certificate.pk)
    if existing := same.first():
        firm = certificate.supplier.public_id
        raise DuplicateError(existing=f"/api/v1/suppliers/{firm}/certificates/{existing.public_id}")


def _restate(supplier: Supplier, *, by: Principal, origin: Origin) -> None:
    """The list of certificates is a statement as a whole: what it leaves out is not held."""
    supplier.certificates_stated_on = origin.day
    supplier.certificates_stated_level = origin.level
    supplier.save_next_version()
    listed = sorted(set(supplier.certificates.values_list("standard__code", flat=True)))
    entry = evidence_row(supplier, "certificates", listed, act=Evidence.Act.ENTERED, by=by, origin=origin)
    entry.supplier = supplier
    entry.save()


def _lock_to_decide(
    certificate_id: int, *, by: Principal, to: str, expected_version: int | None
) -> tuple[Certificate, dict[str, Any]]:
    """The certificate in its new state, and how it stood before."""
    certificate = lock_certificate(certificate_id, by=by)
    require_staff(by)
    before = standing_of(certificate, AS_A_WHOLE)
    certificate.move(to)
    certificate.check_version(expected_version)
    return certificate, before


def _tell(topic: str, certificate: Certificate, entry: Evidence, *, by: Principal) -> Certificate:
    entry.save()
    publish(
        topic,
        subject=certificate.supplier,
        actor=by,
        audience=[certificate.supplier.organisation_id],
        payload={"certificate": certificate.public_id, "standard": certificate.standard.code},
        reason=certificate.state_reason,
    )
    return certificate
