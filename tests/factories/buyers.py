"""Buyers, plants and requirements with valid defaults."""

import hashlib
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.principals import ANONYMOUS, Principal
from buyers.models import Buyer, Operation, Plant, Requirement, RequirementAttachment
from buyers.services.history import keep_version
from taxonomy.models import Process
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.taxonomy import ProcessFactory
from tests.fixtures.files import pdf


class BuyerFactory(DjangoModelFactory[Buyer]):
    """A buyer that waits to be verified."""

    class Meta:
        model = Buyer

    organisation = factory.SubFactory(OrganisationFactory, kind="buyer")


class PlantFactory(DjangoModelFactory[Plant]):
    """A plant in the north of Hanoi."""

    class Meta:
        model = Plant

    buyer = factory.SubFactory(BuyerFactory)
    name = factory.Sequence(lambda n: f"Plant {n}")
    latitude = 21.1
    longitude = 105.8


class OperationFactory(DjangoModelFactory[Operation]):
    class Meta:
        model = Operation

    position = 0
    process = factory.LazyFunction(lambda: process("MACH.CNC_TURN"))


class RequirementFactory(DjangoModelFactory[Requirement]):
    """A draft with one operation, CNC turning."""

    class Meta:
        model = Requirement
        skip_postgeneration_save = True

    buyer = factory.SubFactory(BuyerFactory)
    title = factory.Sequence(lambda n: f"Shaft {n}")
    operation = factory.RelatedFactory(OperationFactory, factory_related_name="requirement")


def process(code: str) -> Process:
    """A process of the taxonomy, below those that its code names: `MACH.CNC_TURN` lies below `MACH`."""
    known = Process.objects.filter(code=code).first()
    if known is not None:
        return known
    above = code.rpartition(".")[0]
    return ProcessFactory.create(code=code, parent=process(above) if above else None)


def verified_buyer(**fields: Any) -> Buyer:
    """A buyer that staff have verified."""
    organisation = OrganisationFactory.create(kind="buyer", verified_at=timezone.now())
    return BuyerFactory.create(organisation=organisation, state=Buyer.State.VERIFIED, **fields)


def buyer_member(buyer: Buyer | None = None, role: str = "owner") -> Principal:
    """A person who acts for the buyer, a verified one unless given."""
    return member(role=role, organisation=(buyer or verified_buyer()).organisation)


def open_requirement(buyer: Buyer | None = None, **fields: Any) -> Requirement:
    """An open requirement, with its first version, of a verified buyer unless given."""
    opened = {"state": Requirement.State.OPEN, "opened_at": timezone.now()}
    requirement = RequirementFactory.create(buyer=buyer or verified_buyer(), **{**opened, **fields})
    keep_version(requirement, by=ANONYMOUS)
    return requirement


def attachment(requirement: Requirement, **fields: Any) -> RequirementAttachment:
    """A drawing of a content of its own."""
    content = pdf(inside=f"<</R {RequirementAttachment.objects.count()}>>".encode())
    defaults = {
        "kind": RequirementAttachment.Kind.DRAWING,
        "name": "shaft.pdf",
        "media_type": "application/pdf",
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "stored_as": storages["uploads"].save("requirements/kept", ContentFile(content)),
    }
    return RequirementAttachment.objects.create(requirement=requirement, **(defaults | fields))
