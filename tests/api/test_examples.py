"""Examples in the OpenAPI document: every body has one, each is what its reader takes, and what the document says."""

import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import get_resolver
from rest_framework import serializers

from buyers.api.v1 import examples as of_buyers
from config.api.examples import ANSWERS, examples_of
from matchmaking.api.v1 import examples as of_matchmaking
from suppliers.api.v1 import examples as of_suppliers
from taxonomy.models import Standard
from taxonomy.services import load_taxonomy
from tests.conftest import Covered
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.factories.buyers import PlantFactory, RequirementFactory
from tests.factories.suppliers import CertificateFactory, SiteFactory, SupplierFactory
from tests.factories.support import SupportProgrammeFactory
from tests.fixtures.contract import document, faults_in, resolved
from tests.fixtures.files import pdf, upload

APPS = ("config", "accounts", "notifications", "privacy", "suppliers", "buyers", "matchmaking")


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

    assert sorted(name for name in bodies() if "examples" not in schemas[name]) == []


def answers() -> set[str]:
    """Names of the schemas of all successes that are JSON."""
    return {
        described["schema"]["$ref"].rpartition("/")[2]
        for operations in document()["paths"].values()
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        for media_type, described in resolved(answer).get("content", {}).items()
        if media_type == "application/json"
    }


def test_every_answer_has_an_example(covered: Covered) -> None:
    """One that is missing is recorded by `make examples`, where tests/api/record_examples.py asks for it."""
    schemas = document()["components"]["schemas"]

    assert sorted(name for name in answers() if "examples" not in schemas[name]) == []
    assert json.loads(ANSWERS.read_text()).keys() - schemas.keys() == set()
    covered(len(answers()), "kinds of answers with an example")
    covered(len(bodies()), "kinds of bodies with an example")


def test_examples_hold_no_secret_and_tell_of_one_story() -> None:
    text = ANSWERS.read_text()

    assert re.findall(r"(?:mk_|whsec_)(?!4f7a9c2e)\w+", text) == []
    assert {moment[:4] for moment in re.findall(r"\d{4}-\d\d-\d\dT", text)} == {"2026", "2027"}
    assert of_matchmaking.SUPPLIER in text


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
    SupplierFactory.create(public_id=of_matchmaking.PLATER)
    SiteFactory.create(public_id=of_suppliers.SITE, supplier=supplier)
    CertificateFactory.create(
        public_id=of_suppliers.CERTIFICATE, supplier=supplier, standard=Standard.objects.get(code="ISO9001")
    )
    SupportProgrammeFactory.create(public_id=of_suppliers.PROGRAMME)
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
            if "file" in example:
                example = {**example, "file": upload(pdf(), example["file"])}
            reader = named[name](data=example, context={"request": request})
            if not reader.is_valid():
                refused[name] = reader.errors

    assert refused == {}
    assert [name for app in APPS for name in examples_of(app) if name not in named] == []
