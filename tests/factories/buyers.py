"""Buyers, plants and requirements with valid defaults."""

from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.principals import Principal
from buyers.models import Buyer, Operation, Plant, Requirement, RequirementVersion
from buyers.services.history import keep_version
from taxonomy.models import Process, Province
from tests.factories.accounts import OrganisationFactory, member


class BuyerFactory(DjangoModelFactory[Buyer]):
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
    """A process of the taxonomy, with those above it as its code says."""
    above = code.rpartition(".")[0]
    parent = process(above) if above else None
    return Process.objects.get_or_create(code=code, defaults={"name_en": code.title(), "parent": parent})[0]


def province(reference: str) -> Province:
    """A province by edition and code, such as `2025:24`."""
    edition, code = reference.split(":")
    known = {"name_vi": reference, "full_name_vi": reference, "unit_type": "province", "latitude": 21, "longitude": 106}
    successor = province(f"2025:{code}") if edition == "2004" else None
    return Province.objects.get_or_create(edition=edition, code=code, defaults={**known, "successor": successor})[0]


def verified_buyer(**fields: Any) -> Buyer:
    """A buyer that staff have verified."""
    organisation = OrganisationFactory.create(kind="buyer", verified_at=timezone.now())
    return BuyerFactory.create(organisation=organisation, state=Buyer.State.VERIFIED, **fields)


def buyer_member(buyer: Buyer | None = None, role: str = "owner") -> Principal:
    """A person who acts for the buyer, a verified one unless given."""
    return member(role=role, organisation=(buyer or verified_buyer()).organisation)


def open_requirement(**fields: Any) -> Requirement:
    """A requirement of a verified buyer, open, with its first version."""
    fields.setdefault("buyer", None)
    buyer = fields.pop("buyer") or verified_buyer()
    state = {"state": Requirement.State.OPEN, "opened_at": timezone.now()}
    requirement = RequirementFactory.create(buyer=buyer, **{**state, **fields})
    keep_version(requirement, by=Principal())
    return requirement


def versions_of(requirement: Requirement) -> list[int]:
    """Numbers of the versions kept, in order."""
    kept = RequirementVersion.objects.filter(requirement=requirement)
    return list(kept.order_by("number").values_list("number", flat=True))
