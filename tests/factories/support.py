"""Support programmes and applications with valid defaults."""

from datetime import timedelta
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from suppliers.models import SupportApplication, SupportProgramme
from tests.factories.suppliers import SupplierFactory


class SupportProgrammeFactory(DjangoModelFactory[SupportProgramme]):
    """One that published firms apply to since yesterday, and for 30 days more."""

    class Meta:
        model = SupportProgramme
        skip_postgeneration_save = True

    state = SupportProgramme.State.PUBLISHED
    kind = SupportProgramme.Kind.CONSULTING
    name_vi = factory.Sequence(lambda n: f"Chương trình {n}")
    name_en = factory.Sequence(lambda n: f"Programme {n}")
    budget_vnd = Decimal(1_000_000)
    opens_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1))
    closes_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))


class SupportApplicationFactory(DjangoModelFactory[SupportApplication]):
    """One that waits for a decision."""

    class Meta:
        model = SupportApplication

    programme = factory.SubFactory(SupportProgrammeFactory)
    supplier = factory.SubFactory(SupplierFactory, published=True)
