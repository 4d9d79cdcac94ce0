"""Examples in the OpenAPI document: every body has one, each is what its reader takes, and what the document says."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import get_resolver
from rest_framework import serializers

from buyers.api.v1 import examples as of_buyers
from config.api.examples import examples_of
from matchmaking.api.v1 import examples as of_matchmaking
from suppliers.api.v1 import examples as of_suppliers
from taxonomy.services import load_taxonomy
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.factories.buyers import PlantFactory, RequirementFactory
from tests.factories.suppliers import SiteFactory, SupplierFactory
from tests.fixtures.contract import document, faults_in

APPS = ("config", "accounts", "notifications", "privacy", "suppliers", "buyers", "matchmaking")
MULTIPART = {"DocumentWriterRequest", "PatchedDocumentWriterRequest"}
"""They hold a file."""


def bodies() -> set[str]:
    """Names of the schemas of all bodies."""
    return {
        described["schema"]["$ref"].rpartition("/")[2]
        for operations in document()["paths"].values()
        for operation in operations.values()
        for described in operation.get("requestBody", {"content": {}})["content"].values()
    }


def classes(base: Any = serializers.BaseSerializer) -> Iterator[Any]:
    for below in base.__subclasses__():
        yield below
        yield from classes(below)


def test_every_body_has_an_example() -> None:
    schemas = document()["components"]["schemas"]

    assert sorted(name for name in bodies() - MULTIPART if "examples" not in schemas[name]) == []


def test_every_example_is_what_its_schema_says() -> None:
    shown = {name: schema for name, schema in document()["components"]["schemas"].items() if "examples" in schema}

    assert {
        name: faults
        for name, schema in shown.items()
        if (faults := faults_in(schema["examples"][0], {"$ref": f"#/components/schemas/{name}"}))
    } == {}
    assert len(shown) >= 40


@pytest.mark.django_db
def test_every_example_of_a_body_is_taken() -> None:
    load_taxonomy(parks=False)
    supplier = SupplierFactory.create(public_id=of_matchmaking.SUPPLIER)
    SiteFactory.create(public_id=of_suppliers.SITE, supplier=supplier)
    owner = member("buyer").organisation
    plant = PlantFactory.create(public_id=of_buyers.PLANT, buyer=make.verified_buyer(owner))
    RequirementFactory.create(public_id=of_matchmaking.REQUIREMENT, buyer=plant.buyer)
    request = SimpleNamespace(auth=member("agency"))
    get_resolver().url_patterns  # noqa: B018  # loads every serializer
    named = {found.__name__: found for found in classes()}
    examples = {name: example for app in APPS for name, example in examples_of(app).items() if name in named}
    refused = {}

    for name, example in examples.items():
        if name.endswith("Writer"):
            reader = named[name](data=example, context={"request": request})
            if not reader.is_valid():
                refused[name] = reader.errors

    assert refused == {}
    assert [name for app in APPS for name in examples_of(app) if name not in named] == []
