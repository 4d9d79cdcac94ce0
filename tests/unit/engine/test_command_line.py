"""`python -m matchmaking.engine` on its own: no Django, no environment, numpy and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.engine import plain_scorer
from tests.unit.engine.changes import FACTS, changed, stored

ROOT = Path(__file__).parents[3]


def run(*arguments: str | bytes | Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-W", "error", "-m", "matchmaking.engine", *arguments]
    return subprocess.run(command, cwd=ROOT, env={}, capture_output=True, check=False)


def assert_refused(finished: subprocess.CompletedProcess[bytes], *mentions: str) -> None:
    assert finished.returncode == 2
    assert finished.stdout == b""
    line = finished.stderr.decode()
    assert line.endswith("\n")
    assert len(line.splitlines()) == 1
    assert all(mention in line for mention in mentions)


def test_a_ranking_is_printed_without_any_environment() -> None:
    finished = run(FACTS / "everything.json")

    assert (finished.returncode, finished.stderr) == (0, b"")
    printed = json.loads(finished.stdout)
    assert list(printed) == ["engine_version", "sha256", "results"]
    assert printed == plain_scorer.score(stored("everything"), printed["engine_version"])


def test_text_beyond_ascii_is_printed_as_it_is(tmp_path: Path) -> None:
    document = changed(stored("worked_example"), "suppliers.0.id", "Cơ khí Đông Anh 東")
    path = tmp_path / "sự thật.json"
    path.write_text(json.dumps(document), encoding="utf-8")

    finished = run(path)

    assert finished.returncode == 0
    assert '"Cơ khí Đông Anh 東"'.encode() in finished.stdout


def test_django_is_not_imported() -> None:
    code = (
        "import sys, matchmaking.engine.__main__ as m; print(sorted(n for n in sys.modules if n.startswith('django')))"
    )
    finished = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={}, capture_output=True, check=True)

    assert finished.stdout == b"[]\n"


def test_a_bad_field_is_named_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(changed(stored("everything"), "suppliers.0.capabilities.0.moq.level", 9)))

    assert_refused(run(path), "suppliers[0].capabilities[0].moq.level: ")


def test_a_key_with_a_line_break_still_gives_one_line(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps({"as_of": "2026-11-23", "a\nb\u2028\ud800": 1}))

    assert_refused(run(path), "a\\nb")


@pytest.mark.parametrize("arguments", [(), ("one.json", "two.json"), ("--help", "x")])
def test_anything_but_one_file_is_refused_with_the_usage(arguments: tuple[str, ...]) -> None:
    assert_refused(run(*arguments), "python -m matchmaking.engine FACTS.json")


def test_a_missing_file_is_named() -> None:
    assert_refused(run("no such\nfile.json"), "no such\\nfile.json")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert_refused(run(tmp_path), "cannot be read")


def test_a_file_name_that_is_not_utf_8_is_refused_in_one_line() -> None:
    assert_refused(run(b"\xff\xfe.json"), "cannot be read")


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[" * 100_000, b'{"as_of": NaN}', b'{"as_of": 1' + b"0" * 9000 + b"}"]
)
def test_content_that_is_no_facts_document_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "facts.json"
    path.write_bytes(content)

    assert_refused(run(path))


def test_extreme_but_allowed_figures_raise_no_warning(tmp_path: Path) -> None:
    document = stored("everything")
    changed(document, "requirement.criteria.tolerance.weight", 1e308)
    changed(document, "requirement.criteria.process.weight", 1e308)
    changed(document, "requirement.operations.0.tolerance_mm", 5e-324)
    changed(document, "requirement.operations.0.part_mass_kg", 5e-324)
    changed(document, "suppliers.0.capabilities.0.tolerance_mm.value", 1.7e308)
    changed(document, "suppliers.0.capabilities.0.max_mass_kg.value", 1.7e308)
    changed(document, "suppliers.0.capabilities.0.lead_time_days.value", 1.7e308)
    changed(document, "suppliers.0.capabilities.1.lead_time_days.value", 1.7e308)
    changed(document, "suppliers.0.track_record", {"deliveries": 1e308, "good": 1e308})
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(document))

    finished = run(path)

    assert (finished.returncode, finished.stderr) == (0, b"")
    printed = json.loads(finished.stdout)
    assert printed == plain_scorer.score(document, printed["engine_version"])
