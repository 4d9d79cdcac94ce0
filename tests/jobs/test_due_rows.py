"""Rows are claimed by one worker at a time, under a lease and behind a fence. Deliveries stand for all such rows."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from time import monotonic

import pytest
from django.db import connection, connections
from django.db.models.functions import Now

from jobs.errors import OutOfReachError, PermanentFailureError
from jobs.models import ATTEMPTS, DueRow
from jobs.working import wait_after, work_off
from notifications.models import Delivery
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.notifications import connection_requested
from tests.fixtures.crowd import at_once
from tests.fixtures.worker import worker_environment
from tests.stack.processes import PROJECT

LEASE = timedelta(minutes=2)


def due_rows(count: int) -> list[Delivery]:
    event = connection_requested(OrganisationFactory.create())
    readers = UserFactory.create_batch(count)
    return [Delivery.objects.create(event=event, recipient=reader, channel="email") for reader in readers]


def let_leases_lapse() -> None:
    Delivery.objects.filter(state=DueRow.State.RUNNING).update(lease_until=Now() - timedelta(seconds=1))


def read_again(row: Delivery) -> Delivery:
    return Delivery.objects.get(pk=row.pk)


@pytest.mark.django_db(transaction=True)
def test_workers_that_claim_at_the_same_moment_never_get_the_same_row() -> None:
    rows = due_rows(40)

    taken = at_once([lambda: Delivery.objects.claim(lease=LEASE, limit=5)] * 8)

    claimed = [row.pk for rows_of_one in taken for row in rows_of_one]

    assert sorted(claimed) == sorted(row.pk for row in rows)


@pytest.mark.django_db(transaction=True)
def test_a_row_locked_by_another_transaction_is_passed_over() -> None:
    first, second = due_rows(2)
    locked, done = Barrier(2), Barrier(2)

    def hold_the_first() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute("SELECT 1 FROM notifications_delivery WHERE id = %s FOR UPDATE", [first.pk])
                locked.wait()
                done.wait()
                cursor.execute("ROLLBACK")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as other:
        holding = other.submit(hold_the_first)
        locked.wait()
        claimed = Delivery.objects.claim(lease=LEASE, limit=5)
        done.wait()
        holding.result()

    assert claimed == [second]


@pytest.mark.django_db
def test_a_claimed_row_is_nobody_elses_until_its_lease_runs_out() -> None:
    (row,) = due_rows(1)

    (claimed,) = Delivery.objects.claim(lease=LEASE, limit=1)
    assert Delivery.objects.claim(lease=LEASE, limit=1) == []
    let_leases_lapse()
    (again,) = Delivery.objects.claim(lease=LEASE, limit=1)

    assert (claimed.pk, claimed.attempts) == (row.pk, 1)
    assert (again.pk, again.attempts) == (row.pk, 2)


@pytest.mark.django_db
def test_who_lost_the_row_can_neither_finish_it_nor_put_it_back() -> None:
    due_rows(1)
    (slow,) = Delivery.objects.claim(lease=LEASE, limit=1)
    let_leases_lapse()
    (quick,) = Delivery.objects.claim(lease=LEASE, limit=1)

    assert not Delivery.objects.finish(slow)
    assert not Delivery.objects.put_back(slow, error="too late", retry_in=None)

    assert (read_again(quick).state, read_again(quick).last_error) == ("running", "")
    assert Delivery.objects.finish(quick)
    assert not Delivery.objects.put_back(slow, error="too late", retry_in=None)
    assert read_again(quick).state == "done"


@pytest.mark.django_db
def test_the_oldest_rows_come_first_and_future_ones_not_at_all() -> None:
    late, early, future = due_rows(3)
    Delivery.objects.filter(pk=early.pk).update(due_at=Now() - timedelta(hours=1))
    Delivery.objects.filter(pk=future.pk).update(due_at=Now() + timedelta(hours=1))

    assert Delivery.objects.claim(lease=LEASE, limit=5) == [early, late]


@pytest.mark.django_db
def test_a_row_that_fails_waits_longer_each_time_and_is_given_up_after_the_last_attempt() -> None:
    (row,) = due_rows(1)
    Delivery.objects.update(attempts=ATTEMPTS - 2)

    def fail(_: Delivery) -> None:
        raise RuntimeError("no luck")

    assert work_off(Delivery.objects.all(), fail, lease=LEASE) == 1
    waiting = read_again(row)
    assert (waiting.state, waiting.last_error) == ("due", "RuntimeError: no luck")
    assert Delivery.objects.filter(due_at__gt=Now() + wait_after(ATTEMPTS - 1) - timedelta(minutes=1)).exists()

    Delivery.objects.update(due_at=Now())
    assert work_off(Delivery.objects.all(), fail, lease=LEASE) == 1
    assert (read_again(row).state, read_again(row).attempts) == ("dead", ATTEMPTS)


def test_the_waits_begin_short_and_double_to_six_hours() -> None:
    minutes = [wait_after(attempts) / timedelta(minutes=1) for attempts in range(1, ATTEMPTS)]

    assert minutes == [1 / 3, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    assert wait_after(1_000_000) == timedelta(hours=6)


@pytest.mark.django_db
def test_a_faulty_row_does_not_keep_the_others_waiting() -> None:
    rows = due_rows(3)
    acted: list[int] = []

    def act(row: Delivery) -> None:
        acted.append(row.pk)
        if row.pk == rows[0].pk:
            raise PermanentFailureError("there is no such mailbox")
        Delivery.objects.finish(row)

    assert work_off(Delivery.objects.all(), act, lease=LEASE) == 3

    assert acted == [row.pk for row in rows]
    assert [read_again(row).state for row in rows] == ["dead", "done", "done"]
    assert read_again(rows[0]).last_error == "there is no such mailbox"


@pytest.mark.django_db
def test_what_all_rows_need_being_away_ends_the_round() -> None:
    rows = due_rows(2)

    def act(_: Delivery) -> None:
        raise OutOfReachError("nobody answers")

    assert work_off(Delivery.objects.all(), act, lease=LEASE) == 1

    assert [read_again(row).attempts for row in rows] == [1, 0]
    assert [read_again(row).state for row in rows] == ["due", "due"]


@pytest.mark.django_db(transaction=True)
def test_a_lease_is_renewed_while_its_act_goes_on_however_long_that_takes() -> None:
    """Who acts waits until the lease that it began with has ended twice over."""
    (row,) = due_rows(1)
    lease, seen = timedelta(seconds=0.3), []

    def act(claimed: Delivery) -> None:
        began = Delivery.objects.values_list("lease_until", flat=True).get(pk=row.pk)
        assert began is not None
        wait_until(lambda: renewed(claimed, beyond=began + lease))
        seen.extend(Delivery.objects.claim(lease=lease, limit=1))
        Delivery.objects.finish(claimed)

    work_off(Delivery.objects.all(), act, lease=lease)

    assert seen == []
    assert (read_again(row).state, read_again(row).attempts) == ("done", 1)


def renewed(row: Delivery, *, beyond: datetime) -> bool:
    return Delivery.objects.filter(pk=row.pk, lease_until__gt=beyond, attempts=row.attempts).exists()


def wait_until(holds: Callable[[], bool]) -> None:
    last_moment = monotonic() + 30
    while not holds():
        assert monotonic() < last_moment


@pytest.mark.django_db(transaction=True)
def test_who_was_replaced_renews_nothing() -> None:
    due_rows(1)
    (slow,) = Delivery.objects.claim(lease=LEASE, limit=1)
    let_leases_lapse()
    (quick,) = Delivery.objects.claim(lease=LEASE, limit=1)
    until = read_again(quick).lease_until
    assert until is not None

    assert not Delivery.objects.renew(slow, lease=2 * LEASE)
    assert read_again(quick).lease_until == until
    assert Delivery.objects.renew(quick, lease=2 * LEASE)
    assert renewed(quick, beyond=until + LEASE / 2)


@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_killed_renews_no_more() -> None:
    """A process of its own holds an e-mail and is killed with -9: its lease runs out, and the row is another's."""
    (row,) = due_rows(1)
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], env=worker_environment(), cwd=PROJECT)
    try:
        wait_until(lambda: read_again(row).state == "running")
        began = read_again(row).lease_until
        assert began is not None
        wait_until(lambda: renewed(read_again(row), beyond=began + timedelta(seconds=1)))
        assert Delivery.objects.claim(lease=LEASE, limit=1) == []
    finally:
        holder.kill()
        holder.wait()

    wait_until(lambda: Delivery.objects.due().exists())
    (taken,) = Delivery.objects.claim(lease=LEASE, limit=1)

    assert (taken.pk, taken.attempts) == (row.pk, 2)


HOLDER = """
import django, threading
from datetime import timedelta
django.setup()
from jobs.working import work_off
from notifications.models import Delivery
work_off(Delivery.objects.all(), lambda row: threading.Event().wait(60), lease=timedelta(seconds=1))
"""


@pytest.mark.django_db
def test_a_row_that_ends_every_worker_is_given_up_without_another_try() -> None:
    (row,) = due_rows(1)
    Delivery.objects.update(attempts=ATTEMPTS, state="running", lease_until=Now() - timedelta(seconds=1))

    def act(_: Delivery) -> None:
        pytest.fail("it would end this worker too")

    work_off(Delivery.objects.all(), act, lease=LEASE)

    assert read_again(row).state == "dead"
    assert read_again(row).last_error == "Each worker that tried ended before it had finished."


@pytest.mark.django_db
def test_a_row_revived_has_all_its_attempts_again_and_the_fence_counts_on() -> None:
    dead, done = due_rows(2)
    Delivery.objects.filter(pk=dead.pk).update(state="dead", attempts=ATTEMPTS)
    Delivery.objects.filter(pk=done.pk).update(state="done", attempts=1)

    assert Delivery.objects.all().revive() == 1

    (claimed,) = Delivery.objects.claim(lease=LEASE, limit=2)
    assert (claimed.pk, claimed.attempts, claimed.give_up_after) == (dead.pk, ATTEMPTS + 1, 2 * ATTEMPTS)
    assert read_again(done).state == "done"
