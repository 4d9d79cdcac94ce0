"""Lists of firms on their way in."""

import hashlib

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from config.uploads.storage import storage
from suppliers.imports.lists import FOLDER, layout_of
from suppliers.models import Import, ImportRow

CONTENT = "Tên công ty,MST\nCơ khí An,0100109106\n".encode()
HEADINGS = ("Tên công ty", "MST")


class ImportFactory(DjangoModelFactory[Import]):
    """A list that was uploaded. Its file is there."""

    class Meta:
        model = Import

    class Params:
        previewed = factory.Trait(state="previewed", previewed_at=factory.LazyFunction(timezone.now))
        imported = factory.Trait(
            state="imported",
            previewed_at=factory.LazyFunction(timezone.now),
            imported_at=factory.LazyFunction(timezone.now),
        )

    name = factory.Sequence(lambda n: f"list-{n}.csv")
    source = factory.Sequence(lambda n: f"List {n}")
    size_bytes = len(CONTENT)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    stored_as = factory.Sequence(lambda n: storage().save(f"{FOLDER}/list-{n}", ContentFile(CONTENT)))
    headings = list(HEADINGS)
    samples = factory.LazyFunction(lambda: {"Tên công ty": ["Cơ khí An"], "MST": ["0100109106"]})
    columns = factory.LazyFunction(lambda: {"Tên công ty": "legal_name", "MST": "tax_code"})
    layout = layout_of(HEADINGS)


class ImportRowFactory(DjangoModelFactory[ImportRow]):
    class Meta:
        model = ImportRow

    of = factory.SubFactory(ImportFactory, previewed=True)
    number = 2
    name = "Cơ khí An"
    result = "created"
