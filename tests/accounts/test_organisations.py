"""Registering organisations and changing them, at /api/v1/organisations."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import Membership, Organisation
from accounts.principals import Principal
from accounts.services import issue_api_key
from config.api.conditional import version_of
from tests.conftest import ClientFor
from tests.factories.accounts import MembershipFactory, OrganisationFactory, UserFactory, member
from tests.fixtures.crowd import all_ask, statuses
from tests.fixtures.hostile import NOT_A_NAME

pytestmark = pytest.mark.django_db
URL = "/api/v1/organisations"
VIETNAMESE = {"kind": "supplier", "legal_name": "Công ty TNHH Cơ khí Đông Anh", "tax_code": "0100233488"}
FOREIGN = {"kind": "buyer", "legal_name": "Aoki Denki KK", "country": "JP", "address": "1-1 Chiyoda, Tokyo"}


def person() -> Principal:
    return Principal(user=UserFactory.create())


def post(client: APIClient, body: Any) -> Any:
    return client.post(URL, body, format="json")


def faults(response: Any) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in response.json()["errors"]]


def test_who_registers_a_firm_becomes_its_owner(client_for: ClientFor) -> None:
    founder = person()

    response = post(
        client_for(founder), {**VIETNAMESE, "trade_name": "Dong Anh Mechanics", "contact_phone": "024 3812 3456"}
    )

    assert response.status_code == 201
    organisation = Organisation.objects.get()
    assert response["Location"] == f"{URL}/{organisation.public_id}"
    assert version_of(response["ETag"]) == 1
    body = response.json()
    assert body == {
        "id": organisation.public_id,
        "kind": "supplier",
        "legal_name": "Công ty TNHH Cơ khí Đông Anh",
        "trade_name": "Dong Anh Mechanics",
        "country": "VN",
        "tax_code": "0100233488",
        "address": "",
        "website": "",
        "contact_name": "",
        "contact_email": "",
        "contact_phone": "+842438123456",
        "proposed_trade_name": "",
        "second_factor_required": False,
        "created_at": body["created_at"],
        "updated_at": body["updated_at"],
    }
    assert organisation.name_key == "co khi dong anh dong anh mechanics"
    membership = Membership.objects.get()
    assert (membership.user, membership.organisation, membership.role) == (founder.user, organisation, "owner")


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("0100233488", "0100233488"),
        ("01.00.233.488", "0100233488"),
        (" 0100 233 488 ", "0100233488"),
        ("０１００２３３４８８", "0100233488"),
        ("0314409058-002", "0314409058-002"),
        ("0314409058002", "0314409058-002"),
        ("0314409058 \u2013 002", "0314409058-002"),
    ],
)
def test_a_tax_code_is_understood_as_people_write_it(client_for: ClientFor, written: str, stored: str) -> None:
    response = post(client_for(person()), {**VIETNAMESE, "tax_code": written})

    assert (response.status_code, response.json()["tax_code"]) == (201, stored)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({**VIETNAMESE, "tax_code": "0100233489"}, ("/tax_code", "tax_code_check_digit")),
        ({**VIETNAMESE, "tax_code": "0300000001"}, ("/tax_code", "invalid_tax_code")),
        ({**VIETNAMESE, "tax_code": "010023348"}, ("/tax_code", "invalid_tax_code")),
        ({**VIETNAMESE, "tax_code": "0314409058-000"}, ("/tax_code", "invalid_tax_code")),
        ({**VIETNAMESE, "tax_code": "٠١٠٠٢٣٣٤٨٨"}, ("/tax_code", "invalid_tax_code")),
        ({**VIETNAMESE, "tax_code": ""}, ("/tax_code", "required")),
        ({"kind": "supplier", "legal_name": "X"}, ("/tax_code", "required")),
        ({**VIETNAMESE, "country": "XX"}, ("/country", "invalid")),
        ({**VIETNAMESE, "country": "vn"}, ("/country", "invalid")),
        ({**VIETNAMESE, "kind": "agency"}, ("/kind", "invalid_choice")),
        ({**VIETNAMESE, "contact_phone": "12"}, ("/contact_phone", "invalid")),
        ({**VIETNAMESE, "contact_phone": "024 3812 3456 ext 7"}, ("/contact_phone", "invalid")),
        ({**VIETNAMESE, "contact_email": "nobody"}, ("/contact_email", "invalid")),
        ({**VIETNAMESE, "website": "javascript:alert(1)"}, ("/website", "invalid")),
        ({**VIETNAMESE, "name_key": "x"}, ("/name_key", "unknown_field")),
        ({**VIETNAMESE, "id": "org_1"}, ("/id", "unknown_field")),
        ({**FOREIGN, "address": ""}, ("/address", "required")),
        ({**FOREIGN, "tax_code": "1" * 21}, ("/tax_code", "max_length")),
        ({"legal_name": "X", "tax_code": "0100233488"}, ("/kind", "required")),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(
    client_for: ClientFor, body: dict[str, str], fault: tuple[str, str]
) -> None:
    response = post(client_for(person()), body)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert fault in faults(response)
    assert Organisation.objects.count() == Membership.objects.count() == 0


@pytest.mark.parametrize("value", NOT_A_NAME.values(), ids=NOT_A_NAME.keys())
def test_a_name_that_is_none_is_refused(client_for: ClientFor, value: Any) -> None:
    response = post(client_for(person()), {**VIETNAMESE, "legal_name": value})

    assert response.status_code == 400
    assert {pointer for pointer, _code in faults(response)} == {"/legal_name"}
    assert Organisation.objects.count() == 0


@pytest.mark.parametrize("value", NOT_A_NAME.values(), ids=NOT_A_NAME.keys())
@pytest.mark.parametrize("field", ["tax_code", "country", "kind"])
def test_a_code_that_is_none_is_refused(client_for: ClientFor, field: str, value: Any) -> None:
    response = post(client_for(person()), {**VIETNAMESE, field: value})

    assert response.status_code == 400
    assert Organisation.objects.count() == 0


@pytest.mark.parametrize("raw", [b'{"legal_name": "\\ud800"}', b"[]", b"17", b"", b'{"kind": NaN}', b"\xff"])
def test_a_body_that_is_no_strict_json_object_is_refused(client_for: ClientFor, raw: bytes) -> None:
    response = client_for(person()).post(URL, raw, content_type="application/json")

    assert response.status_code == 400
    assert Organisation.objects.count() == 0


def test_a_foreign_organisation_needs_no_tax_code_and_two_of_them_do_not_collide(client_for: ClientFor) -> None:
    assert post(client_for(person()), FOREIGN).status_code == 201
    assert post(client_for(person()), FOREIGN).status_code == 201
    assert list(Organisation.objects.values_list("tax_code", flat=True)) == ["", ""]


def test_a_registered_tax_code_is_a_conflict_that_tells_strangers_nothing(client_for: ClientFor) -> None:
    owner = member("buyer")
    assert owner.organisation is not None

    response = post(client_for(person()), {**VIETNAMESE, "tax_code": owner.organisation.tax_code})

    assert (response.status_code, response.json()["code"]) == (409, "already_exists")
    assert "existing" not in response.json()
    assert "claim_url" not in response.json()
    assert owner.organisation.legal_name not in response.content.decode()
    assert Organisation.objects.count() == 1


def test_a_registered_tax_code_points_its_own_members_at_the_organisation(client_for: ClientFor) -> None:
    owner = member()
    assert owner.organisation is not None

    response = post(client_for(owner), {**VIETNAMESE, "tax_code": owner.organisation.tax_code})

    assert response.json()["existing"] == f"{URL}/{owner.organisation.public_id}"


def test_a_firm_that_staff_imported_can_be_claimed(client_for: ClientFor) -> None:
    imported = OrganisationFactory.create()

    response = post(client_for(person()), {**VIETNAMESE, "tax_code": imported.tax_code})

    assert response.status_code == 409
    assert response.json()["claim_url"] == "/api/v1/claims"
    assert "existing" not in response.json()
    assert Membership.objects.count() == 0


def test_staff_register_a_firm_without_joining_it_and_may_accept_a_failed_check_digit(client_for: ClientFor) -> None:
    staff = member("agency", "editor")
    wrong = {**VIETNAMESE, "tax_code": "0100233489"}
    assert post(client_for(staff), wrong).status_code == 400

    response = post(client_for(staff), {**wrong, "tax_code_override": "Seen on the registration certificate"})

    assert (response.status_code, response.json()["tax_code"]) == (201, "0100233489")
    assert Membership.objects.filter(organisation__kind="supplier").count() == 0


def test_staff_register_a_supplier_before_they_know_its_tax_code_and_enter_it_later(client_for: ClientFor) -> None:
    client = client_for(member("agency", "editor"))
    without = {"kind": "supplier", "legal_name": "Công ty TNHH Cơ khí Đông Anh"}

    made = [post(client, without), post(client, without)]
    assert [(each.status_code, each.json()["tax_code"]) for each in made] == [(201, ""), (201, "")]
    firm = Organisation.objects.get(public_id=made[0].json()["id"])
    assert patch(client, firm, {"address": "Hà Nội"}).status_code == 200
    firm.refresh_from_db()
    assert patch(client, firm, {"tax_code": "0100233488"}).json()["tax_code"] == "0100233488"
    firm.refresh_from_db()
    back = patch(client, firm, {"tax_code": ""})

    assert (back.status_code, back.json()["errors"][0]["pointer"]) == (400, "/tax_code")
    firm.refresh_from_db()
    assert firm.tax_code == "0100233488"


def test_staff_register_no_buyer_without_a_tax_code(client_for: ClientFor) -> None:
    response = post(client_for(member("agency", "editor")), {"kind": "buyer", "legal_name": "X"})

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/tax_code")
    assert Organisation.objects.filter(kind="buyer").count() == 0


def test_a_foreign_supplier_without_a_tax_code_does_not_become_a_vietnamese_one(client_for: ClientFor) -> None:
    firm = OrganisationFactory.create(kind="supplier", country="US", tax_code="", address="1 Main St")

    response = patch(client_for(member("agency", "editor")), firm, {"country": "VN"})

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/tax_code")
    firm.refresh_from_db()
    assert firm.country == "US"


def test_nobody_else_may_accept_a_failed_check_digit(client_for: ClientFor) -> None:
    body = {**VIETNAMESE, "tax_code": "0100233489", "tax_code_override": "Because"}

    response = post(client_for(person()), body)

    assert (response.status_code, response.json()["code"]) == (403, "staff_only")
    assert Organisation.objects.count() == 0


def test_software_registers_nobody(client_for: ClientFor) -> None:
    api_key, _key = issue_api_key(name="ERP", scopes=["write"], by=member())

    response = post(client_for(Principal.of_key(api_key)), VIETNAMESE)

    assert (response.status_code, response.json()["code"]) == (403, "person_required")
    assert Organisation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_register_the_same_firm_at_once_one_wins(client_for: ClientFor) -> None:
    clients = [client_for(person()) for _ in range(2)]

    answers = all_ask(clients, lambda client: post(client, VIETNAMESE))

    assert statuses(answers) == {201: 1, 409: 1}
    assert Organisation.objects.count() == Membership.objects.count() == 1


def read(client: APIClient, organisation: Organisation) -> Any:
    return client.get(f"{URL}/{organisation.public_id}")


def patch(client: APIClient, organisation: Organisation, body: Any, if_match: str = "*") -> Any:
    return client.patch(f"{URL}/{organisation.public_id}", body, format="json", headers={"if-match": if_match})


def test_members_read_their_organisation_and_others_find_nothing(client_for: ClientFor) -> None:
    owner, stranger = member(), member()
    assert owner.organisation is not None

    assert read(client_for(owner), owner.organisation).json()["id"] == owner.organisation.public_id
    assert read(client_for(stranger), owner.organisation).status_code == 404
    assert read(client_for(member("agency", "viewer")), owner.organisation).status_code == 200


def test_an_editor_changes_what_the_firm_says_of_itself(client_for: ClientFor) -> None:
    editor = member(role="editor")
    assert editor.organisation is not None
    client = client_for(editor)
    tag = read(client, editor.organisation)["ETag"]

    response = patch(client, editor.organisation, {"trade_name": "New name", "website": "https://new.example"}, tag)

    assert response.status_code == 200
    assert (response.json()["trade_name"], response.json()["website"]) == ("New name", "https://new.example")
    assert version_of(response["ETag"]) == 2
    editor.organisation.refresh_from_db()
    assert editor.organisation.name_key.endswith(" new name")
    stale = patch(client, editor.organisation, {"trade_name": "Newer"}, tag)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    editor.organisation.refresh_from_db()
    assert editor.organisation.trade_name == "New name"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: member(role="viewer"), "not_allowed"),
        (lambda: Principal.of_key(issue_api_key(name="ERP", scopes=["read"], by=member())[0]), "scope_missing"),
    ],
    ids=["a viewer", "a key that may only read"],
)
def test_who_may_not_write_changes_nothing(client_for: ClientFor, make: Callable[[], Principal], code: str) -> None:
    reader = make()
    assert reader.organisation is not None

    response = patch(client_for(reader), reader.organisation, {"trade_name": "Other"})

    assert (response.status_code, response.json()["code"]) == (403, code)
    before = reader.organisation.trade_name
    reader.organisation.refresh_from_db()
    assert (reader.organisation.trade_name, reader.organisation.version) == (before, 1)


@pytest.mark.parametrize("change", [{"legal_name": "Other"}, {"tax_code": "0100233488"}, {"country": "JP"}])
def test_what_identifies_a_firm_is_the_agency_s_to_change(client_for: ClientFor, change: dict[str, str]) -> None:
    owner, staff = member(), member("agency", "editor")
    assert owner.organisation is not None

    refused = patch(client_for(owner), owner.organisation, {**change, "address": "Elsewhere"})
    assert (refused.status_code, refused.json()["code"]) == (403, "staff_only")
    owner.organisation.refresh_from_db()
    assert (owner.organisation.address, owner.organisation.version) == ("", 1)

    allowed = patch(client_for(staff), owner.organisation, {**change, "address": "Elsewhere"})
    assert allowed.status_code == 200


def test_a_person_of_two_organisations_changes_only_the_one_acted_for(client_for: ClientFor) -> None:
    owner = member()
    other = MembershipFactory.create(user=owner.user).organisation

    response = patch(client_for(owner), other, {"address": "Elsewhere"})

    assert (response.status_code, response.json()["code"]) == (403, "not_allowed")
    other.refresh_from_db()
    assert other.address == ""


def test_a_change_says_which_version_it_is_based_on(client_for: ClientFor) -> None:
    owner = member()
    assert owner.organisation is not None

    response = client_for(owner).patch(f"{URL}/{owner.organisation.public_id}", {"address": "Elsewhere"}, format="json")

    assert (response.status_code, response.json()["code"]) == (428, "precondition_required")


@pytest.mark.parametrize("rows", [1, 50])
def test_a_list_takes_one_query_however_long(
    client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    staff = member("agency", "viewer")
    OrganisationFactory.create_batch(rows)

    with django_assert_num_queries(1):
        response = client_for(staff).get(URL, {"kind": "supplier"})

    assert len(response.json()["results"]) == rows


@pytest.mark.parametrize("wanted", ["dong anh", "ĐÔNG ANH", "Công ty CP Đông Anh", "co khi dong"])
def test_names_are_found_without_accents_and_legal_form(client_for: ClientFor, wanted: str) -> None:
    found = OrganisationFactory.create(legal_name=VIETNAMESE["legal_name"])
    OrganisationFactory.create()

    response = client_for(member("agency")).get(URL, {"q": wanted})

    assert [row["id"] for row in response.json()["results"]] == [found.public_id]


@pytest.mark.parametrize("parameters", [{"q": "\x00"}, {"kind": "bank"}, {"unknown": "1"}, {"q": "x" * 1001}])
def test_a_parameter_that_is_none_is_refused(client_for: ClientFor, parameters: dict[str, str]) -> None:
    assert client_for(member()).get(URL, parameters).status_code == 400
