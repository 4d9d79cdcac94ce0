"""What was saved comes back as it was, and the product goes on with it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg2
import pytest
from django.db import connection

from config.backup import NOTES_OF_TRANSACTIONS
from matchmaking.catalogue import mirror
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.fixtures.crowd import person
from tests.fixtures.world import World
from tests.stack.processes import PROJECT

pytestmark = pytest.mark.django_db(transaction=True)

STRUCTURE = {
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT pg_get_functiondef(oid) FROM pg_proc"
    " WHERE pronamespace = 'public'::regnamespace AND prolang <> (SELECT oid FROM pg_language WHERE lanname = 'c')",
    "extensions": "SELECT extname, extversion FROM pg_extension",
    "sequences": "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'",
    "columns": "SELECT table_name, column_name, data_type, column_default, is_nullable FROM information_schema.columns"
    " WHERE table_schema = 'public'",
}
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
CHECKSUM = "SELECT count(*), md5(coalesce(string_agg(row::text, E'\\n' ORDER BY row::text), '')) FROM {} AS row"

Rows = list[tuple[Any, ...]]


def said_plainly(part: Any) -> str:
    """Without casts between texts and the parentheses around them: PostgreSQL words `IN` anew when it reads it."""
    return re.sub(r"::(character varying|text)(\[\])?|[()\s]", "", str(part))


class Database:
    """A database of its own beside the suite's, to drop and to make again."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{quote(name)}").geturl()

    def make(self, template: str = "template0") -> None:
        self.on_server(f'CREATE DATABASE "{self.name}" TEMPLATE "{template}"')

    def drop(self) -> None:
        self.on_server(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def ask(self, question: str) -> Rows:
        session = psycopg2.connect(self.url)
        try:
            with session, session.cursor() as cursor:
                cursor.execute(question)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            session.close()

    def contents(self) -> dict[str, Any]:
        """Rows and checksum of every table."""
        tables = [name for (name,) in self.ask(TABLES) if name != NOTES_OF_TRANSACTIONS]
        return {name: self.ask(CHECKSUM.format(name))[0] for name in tables}

    def structure(self) -> dict[str, Rows]:
        found = {name: self.ask(question) for name, question in STRUCTURE.items()}
        return {name: sorted(tuple(map(said_plainly, row)) for row in rows) for name, rows in found.items()}

    def on_server(self, command: str) -> None:
        session = psycopg2.connect(urlsplit(self.url)._replace(path="/postgres").geturl())
        session.autocommit = True
        try:
            with session.cursor() as cursor:
                cursor.execute(command)
        finally:
            session.close()

    def backup(self, *arguments: str | Path) -> tuple[int, str]:
        """Exit status and output of the command."""
        command = [sys.executable, "-m", "config.backup", *map(str, arguments)]
        environment = {**os.environ, "DATABASE_URL": self.url}
        ran = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
        return ran.returncode, ran.stdout + ran.stderr


@pytest.fixture
def database(worker_id: str) -> Iterator[Database]:
    """A copy of this test's database, as it stands when `make` is called."""
    made = Database(f"restored_{worker_id}")
    made.drop()
    yield made
    made.drop()


def copy_of_this(database: Database) -> None:
    this = connection.settings_dict["NAME"]
    connection.close()
    database.make(template=this)


def test_after_dump_drop_and_restore_everything_is_as_it_was(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    World.build()
    for tolerance_mm in (0.01, 0.03, 0.02):
        make.capability(make.published_supplier(), tolerance_mm=tolerance_mm)
    requirement = make.requirement(operations=({"process": "cnc_turning", "tolerance_mm": 0.02},))
    client = person(member(organisation=requirement.buyer.organisation))
    ranking = f"/api/v1/requirements/{requirement.public_id}/matches"
    before = client.get(ranking).json()
    copy_of_this(database)
    contents, structure = database.contents(), database.structure()
    file = tmp_path / "today.dump"

    assert database.backup("save", file) == (0, "")
    database.drop()
    database.make()
    assert database.backup("restore", file) == (0, "")

    assert database.contents() == contents
    assert database.structure() == structure
    assert sum(rows for rows, _checksum in contents.values()) > 300
    assert {name: bool(rows) for name, rows in structure.items()} == dict.fromkeys(structure, True)
    assert file.stat().st_mode & 0o777 == 0o600
    monkeypatch.setitem(connection.settings_dict, "NAME", database.name)
    monkeypatch.setattr(mirror, "_mirror", mirror.Mirror())  # a process that has just started
    try:
        connection.close()
        after = client.get(ranking).json()
        assert len(before["results"]) == 3
        assert after == before
        changed = client.patch(
            f"/api/v1/requirements/{requirement.public_id}", {"title": "New"}, headers={"if-match": "*"}
        )
        assert changed.json()["title"] == "New"
    finally:
        connection.close()


def test_a_restore_takes_the_place_of_what_is_there(database: Database, tmp_path: Path) -> None:
    make.published_supplier()
    copy_of_this(database)
    contents = database.contents()
    database.backup("save", tmp_path / "today.dump")
    database.ask("TRUNCATE suppliers_supplier CASCADE; CREATE TABLE newer (id int)")

    assert database.backup("restore", tmp_path / "today.dump") == (0, "")

    assert database.contents() == contents


def test_a_file_that_is_broken_or_missing_changes_nothing(database: Database, tmp_path: Path) -> None:
    World.build()
    copy_of_this(database)
    contents = database.contents()
    whole, broken = tmp_path / "today.dump", tmp_path / "broken.dump"
    database.backup("save", whole)
    broken.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    (tmp_path / "empty.dump").touch()

    for name in ("broken.dump", "missing.dump", "empty.dump"):
        status, said = database.backup("restore", tmp_path / name)
        assert (status, "pg_restore: error" in said) == (1, True), said

    assert database.contents() == contents


def test_a_copy_never_takes_the_place_of_another(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "today.dump"
    file.write_text("yesterday's")

    assert database.backup("save", file) == (1, f"{file} exists already.\n")
    status, said = database.backup("save", tmp_path / "none.dump")

    assert (status, "does not exist" in said) == (1, True)
    assert file.read_text() == "yesterday's"
    assert [path.name for path in tmp_path.iterdir()] == ["today.dump"]


@pytest.mark.parametrize("busy", [False, True])
def test_a_restore_into_a_database_that_is_in_use_changes_nothing(
    busy: bool, database: Database, tmp_path: Path
) -> None:
    make.published_supplier()
    copy_of_this(database)
    file = tmp_path / "today.dump"
    assert database.backup("save", file) == (0, "")
    somebody = psycopg2.connect(database.url)
    with somebody.cursor() as cursor:
        cursor.execute("UPDATE suppliers_supplier SET description_en = 'written since'")
        if not busy:
            somebody.commit()

        status, said = database.backup("restore", file)

        cursor.execute("SELECT description_en FROM suppliers_supplier")
        assert cursor.fetchall() == [("written since",)]
    somebody.close()
    assert (status, "The database is in use" in said) == (1, True)
