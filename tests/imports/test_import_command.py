"""Lists imported from the command line: what it says, and when it fails."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.principals import Principal
from suppliers.models import Supplier
from tests.imports.scene import HEADER, LINE, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]


def test_the_command_names_row_and_column_and_counts(tmp_path: Path, officer: Principal) -> None:
    said, path = StringIO(), write(tmp_path, HEADER + LINE + "Bad,12,,,,,\n")
    assert officer.user is not None

    call_command(
        "import_suppliers", path, by=officer.user.email, report=tmp_path / "report.json", language="en", stdout=said
    )

    lines = said.getvalue().splitlines()
    assert lines[1].startswith("Row 3, column “MST”: skipped, “12”: ")
    assert lines[-1] == "1 created, 0 updated, 0 unchanged, 1 skipped"
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["applied"], report["count"]["created"], report["rows"][1]["row"]) == (True, 1, 3)


def test_the_command_refuses_strangers(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is no officer of the agency"):
        call_command("import_suppliers", write(tmp_path, HEADER + LINE), by="nobody@firm.example", language="en")

    assert not Supplier.objects.exists()


def test_the_command_fails_when_nothing_was_written(tmp_path: Path, officer: Principal) -> None:
    assert officer.user is not None
    path = write(tmp_path, HEADER + LINE + "Bad,12,,,,,\n")

    with pytest.raises(CommandError, match="Nothing was written"):
        call_command(
            "import_suppliers", path, "--all-or-nothing", by=officer.user.email, language="en", stdout=StringIO()
        )

    assert not Supplier.objects.exists()


def test_a_report_that_cannot_be_written_stops_the_command_before_it_writes_firms(
    tmp_path: Path, officer: Principal
) -> None:
    assert officer.user is not None
    path = write(tmp_path, HEADER + LINE)

    with pytest.raises(CommandError, match="Is a directory"):
        call_command("import_suppliers", path, by=officer.user.email, report=tmp_path, stdout=StringIO())

    assert not Supplier.objects.exists()
