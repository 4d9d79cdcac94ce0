"""The account of web servers and workers: enough for every operation, and not enough to change a table."""

import os
from collections.abc import Callable, Iterator
from itertools import product

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from tests.conftest import Covered
from tests.fixtures.routes import operations
from tests.fixtures.world import World

pytestmark = pytest.mark.django_db
ROLE = f"app_of_{os.environ.get('PYTEST_XDIST_WORKER', 'gw0')}"
CALLERS = ("staff_owner", "supplier_owner", "buyer_owner")
BEYOND = (
    "CREATE TABLE own (id int)",
    "DROP TABLE accounts_apikey",
    "ALTER TABLE accounts_contactreading DISABLE TRIGGER ALL",
    "ALTER TABLE accounts_user ADD COLUMN open boolean",
    "TRUNCATE accounts_contactreading",
    "DELETE FROM django_migrations",
    "CREATE ROLE another",
    "CREATE FUNCTION public.own() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "COPY accounts_user TO PROGRAM 'cat'",
    "SET session_replication_role = replica",
)


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def take_the_role() -> Iterator[Callable[[], None]]:
    """From here on the rights are those of the role. The test's transaction undoes all of it."""

    def take() -> None:
        call_command("grant_rights", role=ROLE)
        execute(f'SET LOCAL ROLE "{ROLE}"')

    yield take
    execute("RESET ROLE")


def test_every_operation_can_be_done_with_it(take_the_role: Callable[[], None], covered: Covered) -> None:
    world, done = World.build(), set()
    take_the_role()

    for operation in operations():
        for who, target in product(CALLERS, ("own", "public") if operation.collections else ("own",)):
            if operation.operation_id not in done and world.path(operation, target, who) is not None:
                with transaction.atomic():
                    answer = world.send_at_once(who, operation, target)
                    transaction.set_rollback(True)
                assert answer.status_code < 500, str(operation)
                done |= {operation.operation_id} if answer.status_code < 300 else set()

    covered(len(done), "operations succeed with the rights of the web server's account")
    assert len(done) > 120


def test_it_cannot_change_tables_nor_take_more(take_the_role: Callable[[], None]) -> None:
    take_the_role()

    for statement in BEYOND:
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
            execute(statement)


def test_giving_the_rights_again_changes_nothing_and_a_password_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("grant_rights", role=ROLE)
    monkeypatch.setenv("APP_DATABASE_PASSWORD", "a'b\\c")
    call_command("grant_rights", role=ROLE)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolpassword IS NOT NULL"
            " FROM pg_authid WHERE rolname = %s",
            [ROLE],
        )
        assert cursor.fetchall() == [(False, False, False, False, True)]


def test_the_owner_itself_is_not_the_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (owner,) = cursor.fetchone()

    with pytest.raises(CommandError):
        call_command("grant_rights", role=owner)
