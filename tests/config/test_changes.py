"""What is kept of changes: by whatever way a row is written, in the transaction of the act, and nothing personal."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import F

from accounts.models import Change, Organisation
from buyers import services
from buyers.models import Buyer, Plant, Requirement
from config.changes import ChangesKept, begin_another_act, changes_unnoted, kept_of
from config.models import Resource
from notifications.models import Event
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.buyers import BuyerFactory, OperationFactory, PlantFactory, RequirementFactory, process
from tests.factories.taxonomy import MaterialFactory, SectorFactory

TECHNICAL = {"id", "public_id", "version", "created_at", "updated_at"}
APART: dict[str, set[str]] = {
    "accounts.ApiKey": {
        *("visible_prefix", "secret_hash", "created_by_id", "replaces_id", "warned_days", "last_used_at"),
        *("last_used_from", "last_refused_at", "last_refused_from", "refusal_told_at"),
    },
    "accounts.Organisation": {"name_key"},
    "accounts.User": {"last_login"},
    "buyers.Operation": {"requirement_id", "position"},
    "buyers.Criterion": {"requirement_id"},
    "buyers.Requirement": {"content_version", "text_key", "document"},
    "buyers.RequirementAttachment": {
        *("requirement_id", "uploaded_by_id", "media_type", "size_bytes", "sha256", "stored_as"),
    },
    "matchmaking.Connection": {
        *("requirement_id", "supplier_id", "initiator", "state_since", "message", "outcome_asked_on"),
        *("requested_by_id", "decided_at", "reminded_on_day", "requirement_changed_at"),
    },
    "notifications.WebhookEndpoint": {
        *("organisation_id", "former_secret", "former_secret_until", "resting_until", "succeeded_at", "created_by_id"),
    },
    "privacy.DataRequest": {"person_id", "organisation_id", "kind", "details", "acknowledge_by", "job_id"},
    "suppliers.Assessment": {
        *("supplier_id", "site_id", "visited_on", "visitors", "checklist", "conclusion", "recorded_by_id"),
    },
    "suppliers.Claim": {"supplier_id", "claimant_id", "note"},
    "suppliers.SupportApplication": {"programme_id", "supplier_id", "applied_by_id"},
}
"""Columns that nobody changes after the row was made, that the product works out or counts, or that are somebody's own
words to others."""
WITHHELD = {
    "accounts.Organisation": {"contact_name", "contact_email", "contact_phone"},
    "accounts.User": {"email", "full_name", "phone", "password"},
    "notifications.WebhookEndpoint": {"url", "secret"},
}
UNKEPT = {
    "accounts.ContactReading": "the database refuses to change it",
    "accounts.Invitation": "deleted 90 days after its end",
    "jobs.Job": "deleted after 90 days",
    "matchmaking.Attachment": "a file stays as it was sent",
    "matchmaking.DeliveryReport": "its events hold the figures",
    "matchmaking.MatchRun": "the database refuses to change it",
    "matchmaking.Message": "never changed",
    "matchmaking.Outcome": "each statement is a row of its own",
    "matchmaking.ProgrammeReport": "the database refuses to change it",
    "matchmaking.SavedSearch": "a person's own",
    "matchmaking.Shortlist": "an organisation's own notes",
    "matchmaking.ShortlistEntry": "an organisation's own notes",
    "matchmaking.UpgradeScenario": "the database refuses to change its plan",
    "suppliers.Capability": "facts are kept as evidence",
    "suppliers.Certificate": "facts are kept as evidence",
    "suppliers.Document": "facts are kept as evidence",
    "suppliers.Import": "deleted after 180 days",
    "suppliers.Site": "facts are kept as evidence",
    "suppliers.SupplierMerge": "it holds what moved",
}
"""Resources without kept changes, and why."""


def keeping() -> dict[str, ChangesKept]:
    return {model._meta.label: kept for model in apps.get_models() if (kept := kept_of(model))}


def columns_of(label: str, names: tuple[str, ...]) -> set[str]:
    return {str(column.column) for column in apps.get_model(label)._meta.concrete_fields if column.name in names}


def told(subject: Resource) -> list[tuple[str, str, dict[str, Any]]]:
    return list(Change.objects.filter(subject=subject.public_id).order_by("id").values_list("model", "kind", "columns"))


def test_of_each_model_it_is_said_of_every_column_whether_its_changes_are_kept() -> None:
    for label, kept in keeping().items():
        columns = {column.column for column in apps.get_model(label)._meta.concrete_fields}
        if label == "suppliers.Supplier":  # its facts are kept as evidence
            assert columns_of(label, kept.columns) == {
                *("state", "state_reason", "submitted_at", "submitted_by_id", "published_at"),
            }
            continue
        assert columns_of(label, kept.withheld) == WITHHELD.get(label, set()), label
        said = columns_of(label, (*kept.columns, *kept.withheld))
        assert columns - said - TECHNICAL == APART.get(label, set()), label


def test_nothing_that_is_a_persons_or_secret_is_kept() -> None:
    words = ("email", "phone", "contact", "full_name", "password", "secret", "hash")

    named = {f"{label}.{name}" for label, kept in keeping().items() for name in kept.columns}

    assert {name for name in named if any(word in name for word in words)} == set()
    assert len(named) > 100


def test_of_every_resource_changes_are_kept_or_it_is_said_why_not() -> None:
    resources = {model._meta.label for model in apps.get_models() if issubclass(model, Resource)}

    assert {label for label in resources if label not in keeping() and not apps.get_model(label)._meta.proxy} == set(
        UNKEPT
    )


@pytest.mark.django_db
def test_the_database_has_the_triggers_that_the_models_declare() -> None:
    with connection.schema_editor(collect_sql=True) as editor:
        declared = {
            statement
            for label, kept in keeping().items()
            for statement in kept.create_sql(apps.get_model(label), editor).splitlines()
        }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) || ';' FROM pg_trigger WHERE tgfoid = 'keep_change'::regproc ORDER BY 1"
        )
        present = {definition.replace("public.", "") for (definition,) in cursor.fetchall()}

    assert {_in_one_order(each) for each in present} == {_in_one_order(each) for each in declared}
    assert len(declared) > 20


def _in_one_order(definition: str) -> str:
    """PostgreSQL names the acts of a trigger in an order of its own."""
    return definition.replace("INSERT OR DELETE OR UPDATE", "INSERT OR UPDATE OR DELETE").replace(
        "DELETE OR UPDATE", "UPDATE OR DELETE"
    )


@pytest.mark.django_db
def test_a_service_a_bulk_update_and_sql_leave_the_same() -> None:
    plants = [PlantFactory.create(name=name) for name in ("Old", "Old", "Old")]
    by_service, in_bulk, by_sql = plants

    services.change_plant(plant_id=by_service.pk, values={"name": "New"}, by=member("agency"))
    Plant.objects.filter(pk=in_bulk.pk).update(name="New", version=F("version") + 1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE buyers_plant SET name = 'New' WHERE id = %s", [by_sql.pk])

    for plant in plants:
        assert told(plant.buyer)[1:] == [("buyers.Plant", "changed", {"name": ["Old", "New"]})]


@pytest.mark.django_db
def test_a_row_that_belongs_to_another_tells_of_its_coming_and_going_in_the_others_history() -> None:
    plant = PlantFactory.create(name="Thăng Long", latitude=None, longitude=None)
    buyer = plant.buyer

    plant.delete()

    values = {"name": "Thăng Long", "address": "", "buyer_id": buyer.pk}
    assert told(buyer) == [
        ("buyers.Plant", "added", {name: [None, value] for name, value in values.items()}),
        ("buyers.Plant", "removed", {name: [value, None] for name, value in values.items()}),
    ]


@pytest.mark.django_db
def test_entries_of_lists_are_kept_also_of_rows_below() -> None:
    buyer, sector = BuyerFactory.create(), SectorFactory.create()
    requirement = RequirementFactory.create(operation=None)
    operation = OperationFactory.create(requirement=requirement, process=process("MACH"))
    steel = MaterialFactory.create()

    buyer.sectors.add(sector)
    buyer.sectors.clear()
    operation.materials.add(steel)
    requirement.operations.all().delete()

    assert told(buyer) == [
        ("buyers.Buyer.sectors", "added", {"sector_id": [None, sector.pk]}),
        ("buyers.Buyer.sectors", "removed", {"sector_id": [sector.pk, None]}),
    ]
    assert told(requirement) == [
        ("buyers.Operation", "added", {"process_id": [None, operation.process_id]}),
        ("buyers.Operation.materials", "added", {"material_id": [None, steel.pk]}),
        ("buyers.Operation.materials", "removed", {"material_id": [steel.pk, None]}),
        ("buyers.Operation", "removed", {"process_id": [operation.process_id, None]}),
    ]


@pytest.mark.django_db
def test_of_what_is_withheld_only_the_change_is_kept() -> None:
    organisation = OrganisationFactory.create(contact_name="Lan", contact_email="lan@firm.example")

    organisation.contact_name, organisation.contact_email, organisation.website = "Mai", "", "https://firm.example"
    organisation.save_next_version()

    assert told(organisation) == [
        (
            "accounts.Organisation",
            "changed",
            {"contact_name": None, "contact_email": None, "website": ["", "https://firm.example"]},
        )
    ]


@pytest.mark.django_db
def test_what_stays_as_it_was_leaves_nothing_and_neither_does_what_is_undone() -> None:
    buyer = BuyerFactory.create()

    buyer.save_next_version()
    with transaction.atomic():
        Buyer.objects.filter(pk=buyer.pk).update(description="Pumps")
        transaction.set_rollback(True)
    with changes_unnoted():
        Buyer.objects.filter(pk=buyer.pk).update(description="Printers")

    assert Change.objects.count() == 0
    Buyer.objects.filter(pk=buyer.pk).update(description="Motors")
    assert told(buyer) == [("buyers.Buyer", "changed", {"description": ["Printers", "Motors"]})]


@pytest.mark.django_db(transaction=True)
def test_all_that_one_transaction_writes_is_one_act_and_the_next_another() -> None:
    buyer, by = BuyerFactory.create(), member("agency")

    services.verify_buyer(buyer_id=buyer.pk, by=by)
    services.suspend_buyer(buyer_id=buyer.pk, reason="A complaint.", by=by)

    verified, suspended = (Event.objects.get(topic=f"buyer.{what}").act for what in ("verified", "suspended"))
    assert verified is not None is not suspended is not verified
    assert dict(Change.objects.filter(model="buyers.Buyer").values_list("act", "columns")) == {
        verified: {"state": ["registered", "verified"]},
        suspended: {"state": ["verified", "suspended"], "state_reason": ["", "A complaint."]},
    }
    of_organisation = Change.objects.filter(subject=buyer.organisation.public_id)
    assert set(of_organisation.values_list("act", flat=True)) == {verified, suspended}


@pytest.mark.django_db
def test_a_part_that_is_rolled_back_does_not_part_the_act() -> None:
    organisations = [OrganisationFactory.create() for _ in range(3)]

    def rename(organisation: Organisation) -> None:
        Organisation.objects.filter(pk=organisation.pk).update(trade_name="Other")

    begin_another_act()
    with transaction.atomic():
        rename(organisations[0])
        transaction.set_rollback(True)
    with transaction.atomic():
        rename(organisations[1])
    rename(organisations[2])

    renamed = Change.objects.filter(subject__in=[each.public_id for each in organisations])
    assert (renamed.count(), renamed.values("act").distinct().count()) == (2, 1)


@pytest.mark.django_db
def test_a_change_of_a_requirement_leaves_what_differs_alone() -> None:
    requirement = RequirementFactory.create(title="Shaft")
    begin_another_act()
    before = len(told(requirement))

    services.change_requirement(requirement_id=requirement.pk, values={"title": "Axle"}, by=member("agency"))

    assert told(requirement)[before:] == [("buyers.Requirement", "changed", {"title": ["Shaft", "Axle"]})]
    assert Requirement.objects.get().operations.count() == 1
