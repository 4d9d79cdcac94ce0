"""The programme's figures through the API: for staff, and nobody else."""

import pytest

from accounts.principals import ANONYMOUS
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.matchmaking.programme import scene

pytestmark = pytest.mark.django_db
URL = "/api/v1/programme/figures"


@pytest.mark.parametrize("role", ["owner", "editor", "viewer"])
def test_staff_read_the_figures_of_the_day(client_for: ClientFor, role: str) -> None:
    scene.supply()
    scene.demand()

    answer = client_for(member("agency", role=role)).get(URL)

    assert answer.status_code == 200
    figures = answer.json()
    assert figures["day"] == "2026-11-26"
    assert figures["goals"] == {"share_pct": 40, "firms": 1200}
    assert figures["firms"] == {
        "registered": 6,
        "submitted": 1,
        "published": 5,
        "international": 2,
        "share_pct": 40.0,
    }
    assert figures["by_sector"][0] == {
        "code": "components",
        "name_vi": "Linh kiện",
        "name_en": "Components",
        "firms": 4,
        "international": 1,
        "share_pct": 25.0,
    }
    assert figures["by_province"][0]["requirements"] == 2
    assert figures["unmet"][0]["standard"] is None


def test_nobody_else_does(client_for: ClientFor) -> None:
    assert client_for(member("supplier")).get(URL).status_code == 404
    assert client_for(member("buyer")).get(URL).status_code == 404
    assert client_for(ANONYMOUS).get(URL).status_code == 401


def test_an_unknown_parameter_is_refused(client_for: ClientFor) -> None:
    answer = client_for(member("agency")).get(URL, {"day": "2026-01-01"})

    assert answer.status_code == 400
    assert [problem["detail"] for problem in answer.json()["errors"]] == ["Unknown parameter."]


@pytest.mark.django_db(transaction=True)
def test_there_are_as_many_queries_for_many_firms_as_for_few(
    client_for: ClientFor,
) -> None:
    scene.supply()
    client = client_for(member("agency"))
    few = scene.queries_of(lambda: client.get(URL))
    for _ in range(20):
        scene.firm()

    assert scene.queries_of(lambda: client.get(URL)) == few <= 20
