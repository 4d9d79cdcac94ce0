"""The audit of dependencies: what it refuses, and that it never passes for want of an answer."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from config.checks.dependencies import NOT_CHECKED, Findings, audit, expired, judge, pins_of, unhashed, withdrawn

CLEAN = {"name": "django", "version": "5.2.19", "vulns": []}
SKIPPED = {"name": "celery", "skip_reason": "Dependency not found"}
VULNERABLE = {
    "name": "django",
    "version": "5.2.1",
    "vulns": [{"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["5.2.2"]}],
}
EXCEPTION = {"id": "CVE-2026-1", "package": "django", "reason": "Not called.", "again_on": date(2027, 1, 1)}


def judged(packages: Any, *exceptions: Any) -> Findings:
    findings = Findings()
    judge("requirements.txt", packages, exceptions, findings)
    return findings


def test_a_known_vulnerability_fails_and_names_the_version_that_is_without_it() -> None:
    findings = judged([CLEAN, VULNERABLE])

    assert findings.faults == ["django 5.2.1: PYSEC-2026-1; fixed in 5.2.2"]
    assert findings.exit_status == 1


def test_what_is_clean_passes() -> None:
    assert judged([CLEAN]).exit_status == 0


@pytest.mark.parametrize("packages", [None, [SKIPPED], [CLEAN, SKIPPED]])
def test_what_could_not_be_asked_is_no_pass_and_can_be_made_a_failure(
    packages: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AUDIT_REQUIRED", raising=False)
    findings = judged(packages)

    assert len(findings.unknown) == 1
    assert findings.exit_status == NOT_CHECKED
    monkeypatch.setenv("AUDIT_REQUIRED", "1")
    assert findings.exit_status == 1


def test_a_vulnerability_weighs_more_than_a_missing_answer() -> None:
    assert judged([SKIPPED, VULNERABLE]).exit_status == 1


def test_an_advisory_that_was_looked_into_is_let_pass_for_its_package_alone_and_for_a_time() -> None:
    assert judged([VULNERABLE], EXCEPTION).exit_status == 0
    assert judged([{**VULNERABLE, "name": "celery"}], EXCEPTION).exit_status == 1
    assert expired([EXCEPTION], today=date(2026, 12, 31)) == []
    assert len(expired([EXCEPTION], today=date(2027, 1, 1))) == 1
    assert len(expired([{**EXCEPTION, "reason": " "}], today=date(2026, 12, 31))) == 1


def test_every_pin_must_have_its_version_and_hash() -> None:
    lock = "# made\na==1 \\\n    --hash=sha256:00\n    # via b\nb==2\nc>=3 \\\n    --hash=sha256:00\n"

    assert [pin.split()[0] for pin in pins_of(lock)] == ["a==1", "b==2", "c>=3"]
    assert unhashed(lock, "lock") == [f"lock: {pin} is not pinned by version and hash" for pin in ("b==2", "c>=3")]


def test_versions_that_were_withdrawn_are_named() -> None:
    said = 'Resolved 3 packages\nwarning: `a==1` is yanked (reason: "broken")\n'

    assert list(withdrawn(said, "lock")) == ['lock: warning: `a==1` is yanked (reason: "broken")']


class Advisories(BaseHTTPRequestHandler):
    """Speaks OSV: there is one advisory, about one version of one package."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        concerns = (asked["package"]["name"], asked["version"]) == ("django", "5.2.1")
        body = json.dumps({"vulns": [ADVISORY] if concerns else []}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


ADVISORY = {
    "id": "PYSEC-2026-1",
    "aliases": ["CVE-2026-1"],
    "summary": "Something is wrong.",
    "published": "2026-01-01T00:00:00Z",
    "modified": "2026-01-01T00:00:00Z",
    "affected": [
        {
            "package": {"name": "django", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "5.2.2"}]}],
        }
    ],
}


@pytest.fixture
def advisories(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Advisories)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    monkeypatch.setenv("AUDIT_OSV_URL", f"http://127.0.0.1:{server.server_address[1]}/v1/query")
    yield
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("advisories")
@pytest.mark.parametrize(
    ("version", "faults"), [("5.2.1", ["django 5.2.1: PYSEC-2026-1; fixed in 5.2.2"]), ("5.2.2", [])]
)
def test_where_a_source_answers_the_pins_are_really_asked_about(
    version: str, faults: list[str], tmp_path: Path
) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"django=={version} \\\n    --hash=sha256:{'0' * 64}\n")
    findings = Findings()

    audit([str(lock)], [], findings)

    assert (findings.faults, findings.unknown) == (faults, [])


def test_where_none_answers_that_is_said_and_no_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_OSV_URL", "http://127.0.0.1:1/v1/query")
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"django==5.2.1 \\\n    --hash=sha256:{'0' * 64}\n")
    findings = Findings()

    audit([str(lock)], [], findings)

    assert (findings.faults, len(findings.unknown), findings.exit_status) == ([], 1, NOT_CHECKED)
