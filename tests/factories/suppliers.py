"""Supplier firms with valid defaults. A test states only what matters."""

import hashlib
from datetime import timedelta
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from factory.django import DjangoModelFactory

from suppliers.models import Capability, Certificate, Document, Site, Supplier
from taxonomy.models import Material, Process, Province, Standard
from tests.factories.accounts import OrganisationFactory
from tests.fixtures.files import pdf


def process(code: str, *, below: Process | None = None) -> Process:
    """The process of that code; a new one below `below` if there is none yet."""
    return Process.objects.get_or_create(code=code, defaults={"name_en": code, "parent": below})[0]


def material(code: str, *, below: Material | None = None) -> Material:
    return Material.objects.get_or_create(code=code, defaults={"name_en": code, "parent": below})[0]


def standard(code: str) -> Standard:
    defaults = {"name_en": code, "title_vi": code, "title_en": code, "domain": "quality", "owner": "ISO"}
    return Standard.objects.get_or_create(code=code, defaults={**defaults, "kind": "management_system"})[0]


def province(code: str = "01", *, edition: str = "2025", successor: Province | None = None) -> Province:
    """A province of today, or with edition "2004" one that became part of `successor`."""
    defaults = {"name_vi": f"Tỉnh {edition}:{code}", "full_name_vi": f"Tỉnh {edition}:{code}", "unit_type": "province"}
    place = {"latitude": 21.0, "longitude": 105.8, "successor": successor}
    return Province.objects.get_or_create(edition=edition, code=code, defaults={**defaults, **place})[0]


class SupplierFactory(DjangoModelFactory[Supplier]):
    class Meta:
        model = Supplier
        skip_postgeneration_save = True

    class Params:
        published = factory.Trait(state=Supplier.State.PUBLISHED, published_at=factory.LazyFunction(timezone.now))

    organisation = factory.SubFactory(OrganisationFactory)


class SiteFactory(DjangoModelFactory[Site]):
    class Meta:
        model = Site

    supplier = factory.SubFactory(SupplierFactory)
    name = factory.Sequence(lambda n: f"Plant {n}")
    address = factory.Sequence(lambda n: f"Lô {n}, KCN Quang Minh")
    province = factory.LazyFunction(province)


class CapabilityFactory(DjangoModelFactory[Capability]):
    """Figures given are L0, observed today, unless their `…_level` and `…_observed_on` are given too."""

    class Meta:
        model = Capability
        skip_postgeneration_save = True

    site = factory.SubFactory(SiteFactory)
    process = factory.LazyFunction(lambda: process("cnc_turning"))
    process_observed_on = factory.LazyFunction(timezone.localdate)

    @classmethod
    def _create(cls, model_class: type[Capability], *args: Any, **kwargs: Any) -> Capability:
        materials = kwargs.pop("materials", [])
        names = {field.name for field in Capability._meta.get_fields()}
        for name in [*kwargs, *(["materials"] if materials else [])]:
            if f"{name}_observed_on" in names and kwargs.get(name, materials) is not None:
                kwargs.setdefault(f"{name}_observed_on", timezone.localdate())
        capability: Capability = super()._create(model_class, *args, **kwargs)  # type: ignore[no-untyped-call]
        capability.materials.set([material(code) for code in materials])
        return capability


class CertificateFactory(DjangoModelFactory[Certificate]):
    class Meta:
        model = Certificate

    class Params:
        checked = factory.Trait(state=Certificate.State.CHECKED, level=2)

    supplier = factory.SubFactory(SupplierFactory)
    standard = factory.LazyFunction(lambda: standard("ISO9001"))
    number = factory.Sequence(lambda n: f"QMS-{n:04d}")
    valid_from = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=100))
    expires_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=900))
    observed_on = factory.LazyFunction(timezone.localdate)


def document(supplier: Supplier, **fields: Any) -> Document:
    """A kept file that nobody else is shown, of a content of its own."""
    content = pdf(inside=f"<</N {Document.objects.count()}>>".encode())
    stored_as = storages["uploads"].save("documents/kept", ContentFile(content))
    defaults = {
        "kind": Document.Kind.OTHER,
        "name": "kept.pdf",
        "media_type": "application/pdf",
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "stored_as": stored_as,
    }
    return Document.objects.create(supplier=supplier, **(defaults | fields))


def published_supplier(*, processes: tuple[str, ...] = ("cnc_turning",), **fields: Any) -> Supplier:
    """A published firm with one site and those processes at it. `fields` are those of each capability."""
    supplier = SupplierFactory.create(published=True)
    site = SiteFactory.create(supplier=supplier)
    for code in processes:
        CapabilityFactory.create(site=site, process=process(code), **fields)
    return supplier
