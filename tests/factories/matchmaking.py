"""Suppliers that are published and requirements that are open, whole: what matchmaking needs to start."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Organisation
from buyers.models import Buyer, Criterion, Operation, Plant, Requirement
from matchmaking.models import Attachment, Connection, MatchRun, Message
from matchmaking.services import freeze_matches
from suppliers.models import Capability, Certificate, Site, Supplier
from taxonomy.models import Material, Process, Standard
from tests.factories.accounts import OrganisationFactory, member
from tests.fixtures.files import pdf

FIGURES = (
    "materials",
    "tolerance_mm",
    "roughness_um",
    "envelope_mm",
    "max_mass_kg",
    "monthly_capacity",
    "utilisation_pct",
    "lead_time_days",
    "moq",
)


def process(code: str = "cnc_turning", *, below: str | None = None) -> Process:
    parent = process(below) if below else None
    return Process.objects.get_or_create(code=code, defaults={"name_en": code, "parent": parent})[0]


def material(code: str = "steel", *, below: str | None = None) -> Material:
    parent = material(below) if below else None
    return Material.objects.get_or_create(code=code, defaults={"name_en": code, "parent": parent})[0]


def standard(code: str = "iso_9001", *, implies: str | None = None) -> Standard:
    defaults = {"name_en": code, "title_vi": code, "title_en": code, "domain": "quality", "kind": "management_system"}
    row = Standard.objects.get_or_create(code=code, defaults=defaults)[0]
    if implies:
        row.implies.add(standard(implies))
    return row


def published_supplier(organisation: Organisation | None = None, **fields: Any) -> Supplier:
    """A published firm that has not said anything of itself yet."""
    organisation = organisation or OrganisationFactory.create(kind=Organisation.Kind.SUPPLIER)
    defaults = {"state": Supplier.State.PUBLISHED, "published_at": timezone.now()}
    return Supplier.objects.create(organisation=organisation, **(defaults | fields))


def site(supplier: Supplier, **fields: Any) -> Site:
    return Site.objects.create(supplier=supplier, **fields)


def capability(
    supplier: Supplier,
    made_by: str = "cnc_turning",
    *,
    level: int = 2,
    observed_on: date | None = None,
    at: Site | None = None,
    materials: tuple[str, ...] = (),
    **fields: Any,
) -> Capability:
    """A capability whose process and figures all have the same evidence, observed today unless told otherwise."""
    observed_on = observed_on or timezone.localdate()
    given = [name for name in FIGURES if name in fields or (name == "materials" and materials)]
    evidence: dict[str, Any] = {f"{name}_level": level for name in given}
    evidence |= {f"{name}_observed_on": observed_on for name in given}
    row = Capability.objects.create(
        site=at or supplier.sites.first() or site(supplier),
        process=process(made_by),
        **({"process_level": level, "process_observed_on": observed_on} | evidence | fields),
    )
    row.materials.set([material(code) for code in materials])
    return row


def certificate(supplier: Supplier, code: str = "iso_9001", **fields: Any) -> Certificate:
    """A checked certificate that was observed today and is valid for a year; the section counts as filled in."""
    today = timezone.localdate()
    Supplier.objects.filter(pk=supplier.pk).update(certificates_stated_on=today)
    defaults = {"state": Certificate.State.CHECKED, "level": 2, "observed_on": today}
    if not fields.get("never_expires"):
        defaults["expires_on"] = today + timedelta(days=365)
    return Certificate.objects.create(supplier=supplier, standard=standard(code), **(defaults | fields))


def verified_buyer(organisation: Organisation | None = None, **fields: Any) -> Buyer:
    organisation = organisation or OrganisationFactory.create(kind=Organisation.Kind.BUYER)
    return Buyer.objects.create(organisation=organisation, **({"state": Buyer.State.VERIFIED} | fields))


def requirement(
    buyer: Buyer | None = None,
    *,
    operations: tuple[dict[str, Any], ...] = ({"process": "cnc_turning"},),
    criteria: dict[str, dict[str, Any]] | None = None,
    standards: tuple[str, ...] = (),
    plant: dict[str, Any] | None = None,
    **fields: Any,
) -> Requirement:
    """An open requirement, visible to all suppliers unless told otherwise."""
    buyer = buyer or verified_buyer()
    defaults: dict[str, Any] = {"state": Requirement.State.OPEN, "opened_at": timezone.now(), "title": "Shaft"}
    if plant is not None:
        defaults["plant"] = Plant.objects.create(buyer=buyer, **({"name": "Plant"} | plant))
    row = Requirement.objects.create(buyer=buyer, **(defaults | fields))
    for position, asked in enumerate(operations):
        targets = {name: value for name, value in asked.items() if name not in ("process", "materials")}
        step = Operation.objects.create(
            requirement=row, position=position, process=process(asked["process"]), **targets
        )
        step.materials.set([material(code) for code in asked.get("materials", ())])
    row.standards_required.set([standard(code) for code in standards])
    for key, setting in (criteria or {}).items():
        Criterion.objects.create(requirement=row, key=key, **setting)
    return row


def match_run(asked: Requirement) -> MatchRun:
    """The requirement's ranking as it is now, frozen by staff."""
    return freeze_matches(requirement_id=asked.pk, by=member("agency"))


def message_with_file(connection: Connection, **fields: Any) -> Message:
    """A message of the buyer with a file of a content of its own."""
    content = pdf(inside=f"<</M {Message.objects.count()}>>".encode())
    message = Message.objects.create(connection=connection, **({"side": "buyer", "text": "As drawn."} | fields))
    Attachment.objects.create(
        message=message,
        name="drawing.pdf",
        media_type="application/pdf",
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        stored_as=storages["uploads"].save("attachments/kept", ContentFile(content)),
    )
    return message


class ConnectionFactory(DjangoModelFactory[Connection]):
    """A request that waits for the supplier's answer; in another state, as it would have come there."""

    class Meta:
        model = Connection

    requirement = factory.LazyFunction(requirement)
    supplier = factory.LazyFunction(published_supplier)
    message = "Can you make this?"
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))
    initiator = factory.LazyAttribute(lambda row: {"offered": "supplier", "proposed": "agency"}.get(row.state, "buyer"))
    state = Connection.State.REQUESTED
    buyer_agreed_at = factory.LazyAttribute(lambda row: _when_agreed(row, "buyer"))
    supplier_agreed_at = factory.LazyAttribute(lambda row: _when_agreed(row, "supplier"))
    decided_at = factory.LazyAttribute(
        lambda row: timezone.now() if row.state in (*Connection.OPENED, Connection.State.DECLINED) else None
    )
    decline_reason = factory.LazyAttribute(lambda row: "price" if row.state == "declined" else "")
    loss_reason = factory.LazyAttribute(lambda row: "price" if row.state == "lost" else "")
    value_band = factory.LazyAttribute(lambda row: "10_to_50" if row.state == "contract" else "")
    contract_starts_on = factory.LazyAttribute(lambda row: _long_ago() if row.state == "contract" else None)
    outcome_due_on = factory.LazyAttribute(lambda row: timezone.localdate() if row.state == "contract" else None)


def _long_ago() -> date:
    return timezone.localdate() - timedelta(days=365)


def _when_agreed(row: Any, side: str) -> datetime | None:
    return timezone.now() if row.state in Connection.OPENED or row.initiator == side else None
