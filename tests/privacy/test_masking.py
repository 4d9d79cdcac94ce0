"""Erasure finds the address and the number of a person wherever somebody wrote them."""

import json
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from accounts.models import Change, Organisation, User
from accounts.principals import Principal
from buyers.models import Plant, Requirement, RequirementVersion
from jobs.models import IdempotencyKey
from matchmaking.models import Shortlist
from privacy import services
from privacy.models import DataRequest
from privacy.services.masking import NOT_PEOPLES_TEXT, OURS, Column, mask_everywhere, pattern_of
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import OrganisationFactory, member
from tests.fixtures.world import World

DUE = {"acknowledge_by": date(2026, 11, 27), "due_on": date(2026, 12, 5)}
EMAIL, PHONE = "lan.ng+fdi@firm.example", "+84901234567"
WRITTEN = [
    "lan.ng+fdi@firm.example",
    "Lan.Ng+FDI@Firm.Example",
    "+84901234567",
    "0084901234567",
    "84901234567",
    "+84 (0)90 123 45 67",
    "+84-90-123-4567",
    "0901234567",
    "901234567",
    "0901 234 567",
    "0901.234.567",
    "090-123-4567",
    "(090) 123 4567",
    "0901\u00a0234\u00a0567",
    "0901\u2013234\n567",
]
OTHERS = [
    "10901234567",
    "09012345678",
    "0901 234 568",
    "90123456",
    "tran.lan.ng+fdi@firm.example",
    "lan.ng+fdi@firm.example1",
    "lanxng+fdi@firm.example",
]


@pytest.mark.parametrize("text", WRITTEN)
def test_every_common_way_of_writing_is_found(text: str) -> None:
    pattern = pattern_of(email=EMAIL, phone=PHONE)

    assert pattern is not None
    assert pattern.sub("X", f"Gọi {text}, hay {text}.").replace("(X", "X") == "Gọi X, hay X."


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_another_s_is_left_alone(text: str) -> None:
    pattern = pattern_of(email=EMAIL, phone=PHONE)

    assert pattern is not None
    assert pattern.search(text) is None


@pytest.mark.django_db
def test_the_database_looks_for_the_same_as_the_code() -> None:
    pattern = pattern_of(email=EMAIL, phone=PHONE)
    assert pattern is not None
    ask = "SELECT %s ~* %s, jsonb_build_object('a', %s::text)::text ~* %s"
    with connection.cursor() as cursor:
        for text in WRITTEN + OTHERS:
            cursor.execute(ask, [text, pattern.pattern, text, pattern.pattern])
            assert cursor.fetchone() == (text in WRITTEN, text in WRITTEN), text


def test_numbers_of_other_countries_are_found_too_and_nothing_is_looked_for_where_nothing_is_known() -> None:
    tokyo = pattern_of(email="", phone="+81312345678")

    assert tokyo is not None
    assert [bool(tokyo.search(text)) for text in ("03-1234-5678", "+81 3 1234 5678", "3 1234 567")] == [
        True,
        True,
        False,
    ]
    assert pattern_of(email="", phone="") is None


def columns() -> list[Column]:
    """Every column of ours that holds text or JSON, of whatever length."""
    return [
        column
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField | models.JSONField)
        and not column.choices
        and column.name != "public_id"
    ]


def label(column: Column) -> str:
    return f"{column.model._meta.label}.{column.name}"


def written_into(column: Column) -> bool:
    """Whether the database takes address or number there; each row gets them, but for what must be unique."""
    row = column.model._meta.base_manager.order_by("pk").first()
    if isinstance(column, models.JSONField):
        value: Any = {"list": [f"Mail {EMAIL.upper()}", {"call": "0901 234 567"}], "figure": 7}
    else:
        value = next((text for text in (f"Mail {EMAIL}", "0901234567") if len(text) <= (column.max_length or 99)), None)
    if row is None or value is None:
        return False
    try:
        with transaction.atomic():
            column.model._meta.base_manager.filter(pk=row.pk).update(**{column.name: value})
    except DatabaseError:
        return False
    return True


@pytest.mark.django_db
def test_no_text_and_no_json_of_ours_keeps_address_or_number() -> None:
    World.build()
    requirement = Requirement.objects.earliest("pk")
    RequirementVersion.objects.create(requirement=requirement, number=99, content={})
    Shortlist.objects.create(organisation=requirement.buyer.organisation, name="A")
    written = {label(column) for column in columns() if _may_hold(column) and written_into(column)}

    mask_everywhere(email=EMAIL, phone=PHONE)

    left = set()
    for column in columns():
        if label(column) in written:
            texts = [json.dumps(value) for value in column.model._meta.base_manager.values_list(column.name, flat=True)]
            left |= {label(column)} if any("0901" in text or "lan.ng" in text.lower() for text in texts) else set()
            assert any("[\\u2026" in text for text in texts) or column.name.endswith("_key"), label(column)
    assert left == set()
    assert len(written) > 60
    assert {
        "buyers.RequirementVersion.content",
        "buyers.Requirement.title",
        "matchmaking.Shortlist.name",
        "matchmaking.SavedSearch.filters",
        "accounts.Change.columns",
        "notifications.Event.payload",
    } <= written


def _may_hold(column: Column) -> bool:
    return not {column.model._meta.label, label(column)} & NOT_PEOPLES_TEXT


def test_what_is_passed_over_exists() -> None:
    there = {model._meta.label for app in OURS for model in apps.get_app_config(app).get_models()}

    assert there | {label(column) for column in columns()} >= NOT_PEOPLES_TEXT


def erased(person: Principal) -> User:
    request = DataRequest.objects.create(kind="erasure", person=person.user, **DUE)
    services.carry_out_erasure(request_id=request.pk, by=member("agency"))
    assert person.user is not None
    return User.objects.get(pk=person.user.pk)


@pytest.mark.django_db
def test_former_versions_and_names_show_the_person_no_more(client_for: ClientFor) -> None:
    owner = member("buyer")
    person = member("buyer", "editor", owner.organisation)
    assert person.user is not None
    User.objects.filter(pk=person.user.pk).update(phone=PHONE)
    buyer = make.verified_buyer(owner.organisation)
    requirement = make.requirement(buyer, title="Call 0901 234 567", description=f"or write to {person.user.email}")
    content = {"title": "Call 0901.234.567", "operations": [{"note": person.user.email.upper(), "moq": 5}]}
    RequirementVersion.objects.create(requirement=requirement, number=1, content=content)
    plants = [Plant.objects.create(buyer=buyer, name=name) for name in ("0901234567", "0901 234 567")]
    before = requirement.text_key

    erased(person)

    requirement.refresh_from_db()
    assert (requirement.title, requirement.description) == ("Call […]", "or write to […]")
    assert "0901" in before
    assert "0901" not in requirement.text_key
    assert requirement.versions.get().content == {"title": "Call […]", "operations": [{"note": "[…]", "moq": 5}]}
    names = Plant.objects.order_by("pk").values_list("name", flat=True)
    assert list(names) == [f"[…{plant.pk}]" for plant in plants]
    shown = client_for(owner).get(f"/api/v1/requirements/{requirement.public_id}/history")
    assert shown.status_code == 200
    assert person.user.email not in shown.content.decode().lower()


@pytest.mark.django_db
def test_what_is_kept_of_changes_holds_nothing_of_an_erased_person() -> None:
    owner = member("buyer")
    person = member("buyer", "editor", owner.organisation)
    assert person.user is not None
    person.user.full_name, person.user.phone = "Nguyễn Thị Lan", PHONE
    person.user.save_next_version()
    buyer = make.verified_buyer(owner.organisation, description="Ask Lan: 0901 234 567")
    firm = OrganisationFactory.create(contact_name="Nguyễn Thị Lan", contact_phone=PHONE)
    buyer.description = f"Write to {person.user.email}"
    buyer.save_next_version()
    kept = set(Change.objects.values_list("pk", flat=True))

    erased(person)

    columns = {change.pk: change.columns for change in Change.objects.order_by("pk")}
    told = json.dumps(list(columns.values()), ensure_ascii=False)
    assert not [word for word in ("Nguyễn", "0901", "+849", person.user.email) if word in told]
    assert {"description": ["Ask Lan: […]", "Write to […]"]} in columns.values()
    assert {"contact_name": None, "contact_phone": None} in columns.values()
    assert buyer.public_id not in {change.subject for change in Change.objects.exclude(pk__in=kept)}
    firm.refresh_from_db()
    assert (firm.contact_name, firm.contact_phone) == ("", "")


@pytest.mark.django_db
def test_stored_answers_of_the_person_or_about_them_are_not_repeated() -> None:
    person, colleague = member("buyer", "editor"), member("buyer")
    assert person.user is not None
    assert colleague.user is not None
    User.objects.filter(pk=person.user.pk).update(full_name='Lan "Nguyễn" Lê')
    answers = {
        f"{person.user.public_id} org_1": "{}",
        f"{colleague.user.public_id} org_1": '{"full_name":"Lan \\"Nguyễn\\" Lê"}',
        f"{colleague.user.public_id} org_2": f'{{"email":"{person.user.email}"}}',
        f"{colleague.user.public_id} org_3": '{"full_name":"Minh"}',
    }
    for owner, body in answers.items():
        IdempotencyKey.objects.remember(owner=owner, key="1", fingerprint="", status=201, body=body)
    IdempotencyKey.objects.remember(owner="key_1 org_4", key="1", fingerprint="", status=201, body='"lan@firm.example"')

    erased(person)

    assert IdempotencyKey.objects.count() == 2
    firm = OrganisationFactory.create(contact_name="Lan", contact_email="lan@firm.example")
    request = DataRequest.objects.create(kind="erasure", organisation=firm, **DUE)
    services.carry_out_erasure(request_id=request.pk, by=member("agency"))
    assert [row.owner for row in IdempotencyKey.objects.all()] == [f"{colleague.user.public_id} org_3"]
    assert Organisation.objects.get(pk=firm.pk).contact_email == ""
