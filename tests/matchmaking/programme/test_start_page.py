"""The start page of the admin: what waits, the figures, and that each leads to exactly the rows that it counts."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.principals import Principal
from tests.factories import matchmaking as make
from tests.factories.accounts import MembershipFactory, OrganisationFactory, UserFactory, member
from tests.factories.buyers import BuyerFactory
from tests.matchmaking.programme import scene

pytestmark = pytest.mark.django_db
START = "/admin/"


@pytest.fixture
def officer() -> Client:
    return signed_in(User.objects.create_superuser("officer@agency.example"))


def signed_in(user: User, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def world() -> None:
    firms = scene.supply()
    scene.demand()
    scene.checked_and_changed(firms["meets for ever"])
    BuyerFactory.create()
    make.ConnectionFactory.create(
        requirement=make.requirement(operations=({"process": "turning"},), title="Slow"),
        supplier=firms["meets for ever"],
        state="sample",
        state_since=timezone.now() - timedelta(days=31),
    )


def links(page: str) -> list[tuple[str, int]]:
    """Each link of the figures with the number that it shows."""
    plain = re.findall(r'<a href="(/admin/[^"]+)">(?:<b>)?(\d+)<', page)
    on_map = re.findall(r'<a href="(/admin/[^"]+)" aria-label="[^"]+: (\d+)"', page)
    return [(unescape(address), int(number)) for address, number in (*plain, *on_map)]


def test_what_waits_is_counted(officer: Client) -> None:
    world()

    waiting = officer.get(START).context["waiting"]

    assert [(str(queue.label), queue.count) for queue in waiting] == [
        ("Firms submitted, to be reviewed", 1),
        ("Certificates to be checked", 1),
        ("Firms whose facts changed since their check", 1),
        ("Claims of imported firms", 0),
        ("Lists of firms to be confirmed", 0),
        ("Applications for support", 0),
        ("Buyers to be verified", 1),
        ("Connections that have stalled", 1),
        ("Messages that could not be delivered", 0),
        ("Requests about personal data", 0),
    ]


def test_every_figure_leads_to_exactly_the_rows_that_it_counts(officer: Client) -> None:
    world()

    found = links(officer.get(START).content.decode())

    assert len(found) == LINKS
    for address, number in found:
        listed = officer.get(address)
        assert (address, listed.status_code) == (address, 200)
        assert (address, listed.context["cl"].result_count) == (address, number)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["What waits for you", "40.0 %", "goal 40 %", "Q4 2026", "Demand without supply", "Components"]),
        ("vi", ["Việc đang chờ", "40,0 %", "mục tiêu 40 %", "Quý 4/2026", "Linh kiện", "Hà Nội"]),
    ],
)
def test_the_page_speaks_the_reader_s_language(language: str, said: list[str]) -> None:
    world()
    client = signed_in(User.objects.create_superuser("officer@agency.example"), language)

    page = client.get(START).content.decode()

    assert [words for words in said if words not in page] == []


def test_it_opens_before_there_is_anything(officer: Client) -> None:
    page = officer.get(START)

    assert page.status_code == 200
    assert "The state of the programme" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_page_takes_as_many_queries_for_many_rows_as_for_few(
    officer: Client,
) -> None:
    world()
    few = scene.queries_of(lambda: officer.get(START))
    for _ in range(10):
        scene.firm()
        make.requirement(operations=({"process": "turning"},))

    assert scene.queries_of(lambda: officer.get(START)) == few <= 32


def of_agency(role: str) -> User:
    user = UserFactory.create(is_staff=True)
    MembershipFactory.create(organisation=OrganisationFactory.create(kind="agency"), user=user, role=role)
    return user


@pytest.mark.parametrize("role", ["owner", "editor", "viewer"])
def test_everybody_of_the_agency_sees_it(role: str) -> None:
    world()

    page = signed_in(of_agency(role)).get(START)

    assert page.context["state"].published.value == 5
    assert len(page.context["waiting"]) == 10


def test_who_has_left_the_agency_is_told_nothing() -> None:
    world()
    former = UserFactory.create(is_staff=True)

    page = signed_in(former).get(START)

    assert page.context["waiting"] == []
    assert "state" not in page.context


@pytest.mark.parametrize("party", ["supplier", "buyer"])
def test_firms_and_buyers_are_sent_away(party: str) -> None:
    reader: Principal = member(party)
    assert reader.user is not None

    page = signed_in(reader.user).get(START)

    assert page.status_code == 302
    assert page["Location"].startswith("/admin/login/")


LINKS = 41
