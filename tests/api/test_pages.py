"""Pages of lists, and the cursors that lead from one to the next."""

import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import override_settings
from rest_framework.test import APIClient

from config.encryption import BrokenSealError, seal, unseal
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.buyers import PlantFactory
from tests.factories.suppliers import SiteFactory, SupplierFactory
from tests.suppliers.search.scene import verified_buyer

PLANTS = "/api/v1/plants"


def cursor_in(body: Any) -> str:
    return parse_qs(urlsplit(str(body["next"])).query)["cursor"][0]


def refusal(client: APIClient, path: str, **query: str) -> tuple[int, list[tuple[str, str]]]:
    answer = client.get(path, query)
    return answer.status_code, [(fault["pointer"], fault["code"]) for fault in answer.json().get("errors", [])]


REFUSED = (400, [("/cursor", "bad_cursor")])


@pytest.mark.django_db
def test_rows_that_agree_are_neither_lost_nor_shown_twice_whichever_way_pages_are_turned(client_for: ClientFor) -> None:
    client = client_for(member("agency"))
    for name in "AAAAAAAB":
        PlantFactory.create(name=name)
    there: list[list[str]] = []
    pages: dict[str, Any] = {"next": "/api/v1/plants?ordering=name&page_size=3&fields=id"}
    while pages["next"]:
        pages = client.get(pages["next"]).json()
        there.append([row["id"] for row in pages["results"]])
    back: list[list[str]] = []
    while pages["previous"]:
        pages = client.get(pages["previous"]).json()
        back.append([row["id"] for row in pages["results"]])

    assert [len(page) for page in there] == [3, 3, 2]
    assert len({row for page in there for row in page}) == 8
    assert back == [there[1], there[0]]
    assert client.get(pages["next"]).json()["results"] == [{"id": row} for row in there[1]]


@pytest.mark.django_db
def test_a_cursor_shows_nothing_of_the_row_that_it_names(client_for: ClientFor) -> None:
    for _ in range(2):
        SiteFactory.create(supplier=SupplierFactory.create(published=True), latitude=21.4, longitude=105.85)
    client = client_for(verified_buyer())
    place = {"near": "21.03,105.85", "within_km": "100", "page_size": "1"}

    for order in ("distance", "-distance", "name"):
        cursor = cursor_in(client.get("/api/v1/suppliers", {**place, "ordering": order}).json())
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        assert not any(told in raw for told in (b"false", b"41.1", b"distance", b"name", b'["'))
        assert len(cursor) < 100


@pytest.mark.django_db
def test_the_same_page_has_always_the_same_cursor_and_the_same_tag(client_for: ClientFor) -> None:
    PlantFactory.create_batch(2)
    client = client_for(member("agency"))

    first, second = (client.get(PLANTS, {"page_size": "1"}) for _ in range(2))

    assert first.json()["next"] == second.json()["next"]
    assert first["ETag"] == second["ETag"]


@pytest.mark.django_db
def test_a_cursor_from_elsewhere_is_refused(client_for: ClientFor) -> None:
    plants = PlantFactory.create_batch(3, name="A")
    client = client_for(member("agency"))
    asked = {"name__contains": "a", "created_at__gte": "2000-01-01T00:00:00Z", "ordering": "name"}
    cursor = cursor_in(client.get(PLANTS, {**asked, "page_size": "1"}).json())

    assert refusal(client, PLANTS, **asked, cursor=cursor) == (200, [])
    assert refusal(client, "/api/v1/buyers", cursor=cursor) == REFUSED
    assert refusal(client, PLANTS, cursor=cursor) == REFUSED
    assert refusal(client, PLANTS, **asked | {"ordering": "-name"}, cursor=cursor) == REFUSED
    assert refusal(client, PLANTS, **asked | {"name__contains": "A"}, cursor=cursor) == REFUSED
    assert refusal(client, PLANTS, **asked, buyer=plants[0].buyer.public_id, cursor=cursor) == REFUSED
    assert refusal(client, PLANTS, **asked, cursor=cursor[:-1]) == REFUSED
    assert refusal(client, PLANTS, **asked, cursor="A" + cursor) == REFUSED
    assert refusal(client, PLANTS, **asked, cursor="é") == REFUSED
    assert refusal(client, PLANTS, **asked, cursor="") == (400, [("/cursor", "no_value")])


@pytest.mark.django_db
def test_what_is_shown_of_the_rows_and_how_many_may_change_from_page_to_page(client_for: ClientFor) -> None:
    PlantFactory.create_batch(3, name="A")
    client = client_for(member("agency"))
    asked = {"name__contains": "a", "created_at__gte": "2000-01-01T00:00:00Z"}
    cursor = cursor_in(client.get(PLANTS, {**asked, "page_size": "1"}).json())

    page = client.get(
        PLANTS, dict(reversed(asked.items())) | {"cursor": cursor, "page_size": "2", "fields": "name", "count": "true"}
    ).json()

    assert (page["count"], [row["name"] for row in page["results"]]) == (3, ["A", "A"])


def test_a_seal_opens_where_it_was_made_for_also_under_a_former_secret() -> None:
    value, here = [True, ["Đúc", "7"]], ["/list", "-id"]
    sealed = seal(value, purpose="cursor", place=here)
    with override_settings(SECRET_KEY="n" * 60, SECRET_KEY_FALLBACKS=[]):
        newer = seal(value, purpose="cursor", place=here)

    assert unseal(sealed, purpose="cursor", place=here) == value
    assert newer != sealed
    for text, purpose, place in (
        (sealed, "other", here),
        (sealed, "cursor", ["/list", "-", "id"]),
        (newer, "cursor", here),
        (sealed + "\n", "cursor", here),
    ):
        with pytest.raises(BrokenSealError):
            unseal(text, purpose=purpose, place=place)
    with override_settings(SECRET_KEY="x" * 60, SECRET_KEY_FALLBACKS=["n" * 60]):
        assert unseal(newer, purpose="cursor", place=here) == value
