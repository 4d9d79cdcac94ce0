"""ETags: they name a version and what is shown, and nobody reads either from them."""

import re
from typing import Any

import pytest
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from config.api.conditional import etag, required_version, version_of
from config.errors import StaleVersionError
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.suppliers import SupplierFactory

SHOWN = {"id": "sup_0000", "name": "Phú Tùng"}
OURS = re.compile(r'"[0-9a-f]{32}"')


def asking(if_match: str) -> Any:
    return APIView().initialize_request(APIRequestFactory().patch("/", headers={"if-match": if_match}))


def test_a_tag_gives_back_its_version_and_shows_none() -> None:
    tags = [etag(version, SHOWN) for version in range(1, 200)]

    assert [version_of(tag) for tag in tags] == [*range(1, 200)]
    assert [tag for tag in tags if not OURS.fullmatch(tag)] == []
    assert etag(1, SHOWN) == tags[0] != etag(1, {**SHOWN, "name": "Phú Tung"})
    first, second, third = (int(tag.strip('"'), 16) for tag in tags[:3])
    differing = [(first ^ second).bit_count(), (second ^ third).bit_count()]
    assert min(differing) > 30, "two tags of one answer must not tell how far their versions are apart"


def test_the_newest_of_several_tags_counts_and_stars_match_any() -> None:
    older, newer = etag(3, SHOWN), etag(4, SHOWN)

    assert required_version(asking(f"{older}, {newer}")) == 4
    assert required_version(asking(newer)) == 4
    assert required_version(asking("*")) is None


@pytest.mark.parametrize(
    "given",
    [
        *('"v3.9f86d081884c7d65"', '"abc"', "abc", '""', '"' + "g" * 32 + '"', '"' + "٣" * 32 + '"', '" ' + "a" * 31),
        *(f"W/{etag(3, SHOWN)}", etag(3, SHOWN).strip('"'), etag(3, SHOWN)[:-1], '"' + "0" * 32 + '"', "'", '"'),
    ],
)
def test_what_is_no_tag_of_ours_is_stale(given: str) -> None:
    with pytest.raises(StaleVersionError):
        required_version(asking(given))


@pytest.mark.django_db
def test_a_change_that_the_reader_does_not_see_leaves_its_tag_as_it_was(client_for: ClientFor) -> None:
    """A rival does not learn how often a firm works on its profile; the firm itself does, for its If-Match."""
    firm = SupplierFactory.create(published=True, employees_total=60)
    address = f"/api/v1/suppliers/{firm.public_id}"
    rival, owner = client_for(member("supplier")), client_for(member(organisation=firm.organisation))
    before = [client.get(address)["ETag"] for client in (rival, owner)]

    changed = owner.patch(address, {"employees_total": 61}, format="json", headers={"if-match": before[1]})
    after = [client.get(address)["ETag"] for client in (rival, owner)]

    assert changed.status_code == 200
    assert (after[0] == before[0], after[1] == before[1]) == (True, False)
    assert after[1] == changed["ETag"]
