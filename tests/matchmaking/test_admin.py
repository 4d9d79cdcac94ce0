"""Connections in the admin: staff find them, propose new ones, and change nothing else."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from matchmaking.models import Connection
from tests.factories import matchmaking as make
from tests.factories.accounts import MembershipFactory, OrganisationFactory

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


def test_staff_propose_a_connection_and_take_it_back(officer: Client) -> None:
    agency = OrganisationFactory.create(kind="agency")
    MembershipFactory.create(organisation=agency, user=User.objects.get(email="officer@agency.example"), role="editor")
    asked, firm = make.requirement(), make.published_supplier()
    form = {"requirement": asked.pk, "supplier": firm.pk, "message": "Xin hai bên trao đổi."}

    saved = officer.post(f"{LIST}add/", form)
    again = officer.post(f"{LIST}add/", {**form, "message": "Xin gặp nhau tại <nhà máy>."})
    proposed = Connection.objects.get()
    withdrawn = officer.post(f"{LIST}{proposed.pk}/withdraw/", {"reason": "Nhầm nhu cầu"})

    assert saved.status_code == 302
    assert (proposed.state, proposed.initiator, proposed.message) == ("proposed", "agency", "Xin hai bên trao đổi.")
    assert again.status_code == 200
    page = again.content.decode()
    assert page.count("There is a connection for this requirement and supplier already.") == 1
    assert "Xin gặp nhau tại &lt;nhà máy&gt;.</textarea>" in page
    assert f'<option value="{firm.pk}" selected>' in page
    assert withdrawn.status_code == 302
    proposed.refresh_from_db()
    assert (proposed.state, proposed.state_reason) == ("withdrawn", "Nhầm nhu cầu")


def test_staff_see_what_is_late_and_what_has_stalled(officer: Client) -> None:
    long_ago = timezone.now() - timedelta(days=40)
    late = make.ConnectionFactory.create(expires_at=timezone.now() + timedelta(days=1))
    stalled = make.ConnectionFactory.create(state="sample", state_since=long_ago)
    fine = make.ConnectionFactory.create(state="visit")

    def found(chosen: str) -> list[bool]:
        page = officer.get(LIST, {"waiting": chosen}).content.decode()
        return [str(row.supplier) in page for row in (late, stalled, fine)]

    assert found("late") == [True, False, False]
    assert found("stalled") == [False, True, False]


def test_nothing_is_changed_or_deleted_here(officer: Client) -> None:
    connection = make.ConnectionFactory.create()
    before = Connection.objects.filter(pk=connection.pk).values().get()

    shown = officer.get(f"{LIST}{connection.pk}/change/")
    saved = officer.post(f"{LIST}{connection.pk}/change/", {"state": "accepted"})

    assert shown.status_code == 200
    assert "Requested by the buyer" in shown.content.decode()
    assert saved.status_code == 403
    assert officer.get(f"{LIST}{connection.pk}/delete/").status_code == 403
    assert Connection.objects.filter(pk=connection.pk).values().get() == before


def test_the_page_of_a_connection_leads_to_the_files_of_its_messages(officer: Client) -> None:
    message = make.message_with_file(make.ConnectionFactory.create())
    file = message.attachments.get()
    path = f"/api/v1/connections/{message.connection.public_id}/files/{file.public_id}/content"

    page = officer.get(f"{LIST}{message.connection.pk}/change/").content.decode()

    assert f'<a href="{path}">drawing.pdf</a>' in page


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
