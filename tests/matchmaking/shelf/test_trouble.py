"""A base that is damaged, foreign or gone, a folder or disk that is of no use, and a process that dies."""

import hashlib
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from matchmaking import catalogue
from matchmaking.catalogue import shelf as shelf_module
from matchmaking.catalogue.mirror import Mirror
from matchmaking.catalogue.shelf import shelf
from suppliers.models import Capability, Supplier
from tests.factories import matchmaking as make
from tests.fixtures.worker import PROJECT, worker_environment
from tests.matchmaking.shelf.scene import files, reading, told, tolerance

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_catalogue")]


class TestWhatIsOfNoUse:
    @pytest.fixture
    def written(self) -> tuple[Supplier, Path]:
        supplier = make.published_supplier()
        make.capability(supplier, tolerance_mm=0.01)
        Mirror().current()
        return supplier, shelf().path

    @pytest.mark.parametrize(
        "spoil",
        [
            pytest.param(lambda _content: b"", id="empty"),
            pytest.param(lambda content: content[:50], id="cut off in its header"),
            pytest.param(lambda content: content[:-1], id="cut off at its end"),
            pytest.param(lambda content: content + b"\0", id="too long"),
            pytest.param(lambda content: b"something else!!" + content[16:], id="another kind of file"),
            pytest.param(lambda content: content[:200] + b"~" + content[201:], id="with a damaged header"),
            pytest.param(lambda content: content[:16] + b"\xff" * 8 + content[24:], id="with a header without end"),
        ],
    )
    def test_a_damaged_file_is_replaced(
        self,
        written: tuple[Supplier, Path],
        spoil: Callable[[bytes], bytes],
        log_lines: StringIO,
    ) -> None:
        supplier, path = written
        path.write_bytes(spoil(path.read_bytes()))

        assert tolerance(Mirror(), supplier) == 0.01

        events = [line["event"] for line in told(log_lines)]
        assert events.count("catalogue_base_written") == 1
        assert "catalogue_base_not_readable" in events
        with reading() as read:
            assert tolerance(Mirror(), supplier) == 0.01
        assert read == []

    @pytest.mark.parametrize("name", ["FORMAT", "RULES"])
    def test_the_base_of_another_release_is_replaced(
        self,
        written: tuple[Supplier, Path],
        name: str,
        monkeypatch: pytest.MonkeyPatch,
        log_lines: StringIO,
    ) -> None:
        supplier, _ = written
        monkeypatch.setattr(shelf_module, name, "of the next release")

        assert tolerance(Mirror(), supplier) == 0.01

        assert {line.get("because") for line in told(log_lines)} == {f"other {name.lower()}", None}

    def test_the_base_of_another_database_is_replaced(
        self, written: tuple[Supplier, Path], log_lines: StringIO
    ) -> None:
        supplier, path = written
        content = path.read_bytes()
        with connection.cursor() as cursor:
            cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
            oid = str(cursor.fetchone()[0]).encode()
        foreign = rewritten(content, oid, b"9" * len(oid))
        path.write_bytes(foreign)

        assert tolerance(Mirror(), supplier) == 0.01

        assert {line.get("because") for line in told(log_lines)} == {"other database", None}

    def test_a_base_that_is_gone_is_good_for_whoever_has_it_open(
        self, written: tuple[Supplier, Path], django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        supplier, path = written
        web = Mirror()
        web.current()
        path.unlink()

        with django_assert_num_queries(1):
            web.current()
        assert tolerance(web, supplier) == 0.01


def rewritten(content: bytes, old: bytes, new: bytes) -> bytes:
    """A base with another header, as sound as before. Both texts are of one length."""
    length = int.from_bytes(content[16:24], "little")
    header = content[56 : 56 + length].replace(old, new)
    return content[:24] + hashlib.sha256(header).digest() + header + content[56 + length :]


class TestWithoutAPlace:
    """Where no file can be written, each process keeps its own base."""

    def assert_works(self, supplier: Supplier, lines: StringIO) -> None:
        web = Mirror()
        assert tolerance(web, supplier) == 0.01
        assert "catalogue_base_kept_in_memory" in [line["event"] for line in told(lines)]
        with CaptureQueriesContext(connection) as queries:
            web.current()
        assert len(queries) == 1
        Capability.objects.update(tolerance_mm=0.02)
        assert tolerance(web, supplier) == 0.02

    def test_a_folder_that_cannot_be_made(self, own_catalogue: Path, log_lines: StringIO) -> None:
        own_catalogue.write_text("a file stands where the folder should")
        supplier = make.published_supplier()
        make.capability(supplier, tolerance_mm=0.01)

        self.assert_works(supplier, log_lines)

    def test_a_disk_without_room(self, own_catalogue: Path, log_lines: StringIO) -> None:
        supplier = make.published_supplier()
        make.capability(supplier, tolerance_mm=0.01)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
        try:
            self.assert_works(supplier, log_lines)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

        assert files(own_catalogue) == [".lock"]

    def test_a_base_written_later_is_taken(self, own_catalogue: Path) -> None:
        own_catalogue.write_text("a file stands where the folder should")
        supplier = make.published_supplier()
        make.capability(supplier, tolerance_mm=0.01)
        web = Mirror()
        web.current()
        own_catalogue.unlink()
        catalogue.merge()

        assert tolerance(web, supplier) == 0.01
        assert not web.current().columns.tolerance_mm.value.flags.writeable


DIE_BEFORE_THE_END = """
import os, signal, sys
import django
django.setup()
from matchmaking import catalogue
from matchmaking.catalogue import shelf

def die(file):
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)

shelf.flushed = die
{act}
"""


class TestDeath:
    def died(self, act: str) -> None:
        """Let another process die with all of a new base written, but not yet in its place."""
        environment = {**worker_environment(), "CATALOGUE_DIR": str(shelf().folder), "PYTHONPATH": str(PROJECT)}
        script = DIE_BEFORE_THE_END.format(act=act)
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, cwd=PROJECT, capture_output=True, timeout=60, check=False
        )
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()

    def test_who_dies_building_leaves_the_work_to_the_next(self, own_catalogue: Path) -> None:
        supplier = make.published_supplier()
        make.capability(supplier, tolerance_mm=0.01)
        self.died("catalogue.current()")
        assert files(own_catalogue) == [".lock", ".new"]

        assert tolerance(Mirror(), supplier) == 0.01
        assert files(own_catalogue) == [".base", ".lock"]

    def test_who_dies_merging_leaves_the_last_good_base(self, own_catalogue: Path) -> None:
        supplier = make.published_supplier()
        make.capability(supplier, tolerance_mm=0.01)
        web = Mirror()
        web.current()
        mark = shelf().mark()
        Capability.objects.update(tolerance_mm=0.02)
        self.died("catalogue.merge(at_least=1)")

        assert shelf().mark() == mark
        assert (tolerance(web, supplier), tolerance(Mirror(), supplier)) == (0.02, 0.02)
        assert files(own_catalogue) == [".base", ".lock", ".new"]
        assert catalogue.merge(at_least=1)
        assert files(own_catalogue) == [".base", ".lock"]
