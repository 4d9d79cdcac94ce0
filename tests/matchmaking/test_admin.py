"""Connections in the admin: staff find them and change nothing."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from matchmaking.models import Connection
from tests.factories import matchmaking as make
from tests.factories.accounts import OrganisationFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/matchmaking/connection/"


@pytest.fixture
def officer() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("officer@agency.example"))
    return client


def test_connections_are_listed_with_their_state_as_it_is_now(officer: Client) -> None:
    waiting = make.ConnectionFactory.create()
    lapsed = make.ConnectionFactory.create(expires_at=timezone.now())

    everything = officer.get(LIST).content.decode()
    to_be_done = officer.get(LIST, {"waiting": "answer"}).content.decode()

    for connection in (waiting, lapsed):
        assert str(connection.supplier) in everything
    assert str(waiting.supplier) in to_be_done
    assert str(lapsed.supplier) not in to_be_done


def test_a_connection_is_found_by_the_buyer_s_name(officer: Client) -> None:
    kanto = OrganisationFactory.create(kind="buyer", trade_name="Kanto Motors")
    wanted = make.ConnectionFactory.create(requirement=make.requirement(make.verified_buyer(kanto)))
    other = make.ConnectionFactory.create()

    page = officer.get(LIST, {"q": "kanto motors"}).content.decode()

    assert str(wanted.supplier) in page
    assert str(other.supplier) not in page


def test_saved_searches_of_others_have_no_page(officer: Client) -> None:
    assert officer.get("/admin/matchmaking/savedsearch/").status_code == 404
    assert "savedsearch" not in officer.get("/admin/").content.decode()


def test_nothing_is_changed_added_or_deleted_here(officer: Client) -> None:
    connection = make.ConnectionFactory.create()
    before = Connection.objects.filter(pk=connection.pk).values().get()

    shown = officer.get(f"{LIST}{connection.pk}/change/")
    saved = officer.post(f"{LIST}{connection.pk}/change/", {"state": "accepted"})

    assert shown.status_code == 200
    assert "Requested by the buyer" in shown.content.decode()
    assert saved.status_code == 403
    assert officer.get(f"{LIST}add/").status_code == 403
    assert officer.get(f"{LIST}{connection.pk}/delete/").status_code == 403
    assert Connection.objects.filter(pk=connection.pk).values().get() == before


def test_a_list_takes_as_many_queries_for_twenty_as_for_one(
    officer: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.ConnectionFactory.create()
    officer.get(LIST)
    with django_assert_num_queries(QUERIES_OF_A_LIST):
        officer.get(LIST)
    for _ in range(19):
        make.ConnectionFactory.create()

    with django_assert_num_queries(QUERIES_OF_A_LIST):
        officer.get(LIST)


QUERIES_OF_A_LIST = 5
