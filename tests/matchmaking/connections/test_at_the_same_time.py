"""Acts on one connection at the same moment."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from accounts.models import Disclosure
from accounts.principals import Principal
from matchmaking import services
from matchmaking.errors import ConnectionAlreadyDecidedError, ConnectionExistsError, SupplierNotPublishedError
from matchmaking.models import Connection
from suppliers.models import Supplier
from tests.factories.accounts import member
from tests.fixtures.crowd import at_once
from tests.matchmaking.connections.scene import Sides, row_of, topics
from tests.suppliers.merges import merge, published_firm


def started(pool: Executor, act: Callable[[], Any]) -> Future[Any]:
    """An act in another thread, as soon as it waits for the transaction of this one, or is done."""
    other = pool.submit(lambda: at_once([act])[0])
    while not (other.done() or _somebody_waits_for_us()):
        pass
    return other


def _somebody_waits_for_us() -> bool:
    with database.cursor() as cursor:
        waiting = "SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        cursor.execute(f"SELECT EXISTS ({waiting})")
        return bool(cursor.fetchone()[0])


def same_firm_as(firm: Supplier) -> partial[Any]:
    """Its merge into another that is published."""
    return partial(merge, published_firm(), firm, member("agency"))


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    def test_of_a_hundred_acceptances_one_counts(self) -> None:
        sides = Sides()
        connection = sides.request()

        def accept() -> str:
            try:
                return services.accept_connection(connection_id=connection.pk, by=sides.supplier).state
            except ConnectionAlreadyDecidedError as refused:
                return refused.code

        answers = sorted(at_once([accept] * 100))

        assert answers == ["accepted"] + ["connection_already_decided"] * 99
        assert topics() == ["connection.requested", "connection.accepted"]
        assert row_of(connection)["version"] == 2
        assert Disclosure.objects.count() == 2

    def test_of_ten_requests_one_is_made(self) -> None:
        sides = Sides()

        def ask() -> str:
            try:
                return sides.request().state
            except ConnectionExistsError as refused:
                return refused.code

        answers = sorted(at_once([ask] * 10))

        assert answers == ["already_exists"] * 9 + ["requested"]
        assert Connection.objects.count() == 1
        assert topics() == ["connection.requested"]

    def test_accepted_and_taken_back_at_once_one_counts(self) -> None:
        sides = Sides()
        connection = sides.request()

        def outcome(act: Callable[..., Connection], **who: Any) -> str:
            try:
                return act(connection_id=connection.pk, **who).state
            except ConnectionAlreadyDecidedError as refused:
                return refused.code

        acts = [
            partial(outcome, services.accept_connection, by=sides.supplier),
            partial(outcome, services.withdraw_connection, by=sides.buyer),
            partial(outcome, partial(services.decline_connection, reason="price"), by=sides.supplier),
        ]
        answers = at_once(acts * 5)

        decided = row_of(connection)
        assert answers.count("connection_already_decided") == 14
        assert {answer for answer in answers if answer != "connection_already_decided"} == {decided["state"]}
        assert decided["version"] == 2
        assert topics() == ["connection.requested", f"connection.{decided['state']}"]
        assert Disclosure.objects.count() == (2 if decided["state"] == "accepted" else 0)

    def test_asked_and_offered_at_once_one_is_made(self) -> None:
        sides = Sides()
        ids = {"requirement_id": sides.requirement.pk, "supplier_id": sides.firm.pk}

        def begun(begin: Callable[..., Connection], by: Principal) -> str:
            try:
                return begin(**ids, by=by).state
            except ConnectionExistsError as refused:
                return refused.code

        acts = [
            partial(begun, services.request_connection, sides.buyer),
            partial(begun, services.offer_connection, sides.supplier),
            partial(begun, services.propose_connection, member("agency")),
        ]
        answers = at_once(acts * 4)

        made = Connection.objects.get()
        assert sorted(answers) == sorted(["already_exists"] * 11 + [made.state])

    def test_both_sides_agree_to_a_proposal_at_once(self) -> None:
        sides = Sides()
        proposed = services.propose_connection(
            requirement_id=sides.requirement.pk, supplier_id=sides.firm.pk, by=member("agency")
        )

        at_once(
            [
                partial(services.accept_connection, connection_id=proposed.pk, by=by)
                for by in (sides.buyer, sides.supplier)
            ]
        )

        assert row_of(proposed)["state"] == "accepted"
        assert topics() == ["connection.proposed", "connection.agreed", "connection.accepted"]

    def test_reminders_by_two_workers_at_once_go_out_once(self) -> None:
        sides = Sides()
        connection = sides.request()
        Connection.objects.filter(pk=connection.pk).update(expires_at=timezone.now() + timedelta(days=6))

        at_once([services.remind_of_unanswered_connections] * 4)

        assert topics() == ["connection.requested", "connection.reminded"]

    @pytest.mark.parametrize("who", ["buyer", "supplier", "agency"])
    def test_a_firm_that_is_merged_at_that_moment_is_waited_for_and_then_not_asked(self, who: str) -> None:
        sides = Sides()
        begin, by = {
            "buyer": (services.request_connection, sides.buyer),
            "supplier": (services.offer_connection, sides.supplier),
            "agency": (services.propose_connection, member("agency")),
        }[who]
        become_one = same_firm_as(sides.firm)

        with ThreadPoolExecutor(1) as pool, transaction.atomic():
            become_one()
            ask = partial(begin, requirement_id=sides.requirement.pk, supplier_id=sides.firm.pk, by=by)
            asked = started(pool, ask)
            assert not asked.done()

        assert isinstance(asked.exception(), SupplierNotPublishedError)
        assert not Connection.objects.exists()
        assert topics() == []

    def test_a_connection_that_is_accepted_as_its_firm_is_merged_goes_with_it(self) -> None:
        sides = Sides()
        connection = sides.request()
        become_one = same_firm_as(sides.firm)

        with ThreadPoolExecutor(1) as pool, transaction.atomic():
            services.accept_connection(connection_id=connection.pk, by=sides.supplier)
            merged = started(pool, become_one)
            assert not merged.done()

        survivor = merged.result().survivor
        assert (row_of(connection)["state"], row_of(connection)["supplier_id"]) == ("accepted", survivor.pk)
        assert Disclosure.objects.filter(subject=survivor.organisation_id).count() == 1

    def test_two_who_ask_the_same_firms_in_another_order_do_not_wait_in_a_circle(self) -> None:
        one, other = Sides(), Sides()
        listed = [other.firm, one.firm]
        shortlist = services.create_shortlist(
            values={"name": "Shafts", "requirement": other.requirement}, by=other.buyer
        )
        items = [{"supplier": firm} for firm in listed]
        services.add_entries(shortlist_id=shortlist.pk, items=items, by=other.buyer)

        with ThreadPoolExecutor(1) as pool, transaction.atomic():
            one.request()
            asked = started(pool, partial(services.enquire_shortlist, shortlist_id=shortlist.pk, by=other.buyer))
            assert not asked.done()
            services.request_connection(requirement_id=one.requirement.pk, supplier_id=other.firm.pk, by=one.buyer)

        assert [each.entry.supplier for each in asked.result()] == listed
        assert all(each.connection for each in asked.result())
        assert Connection.objects.count() == 4
