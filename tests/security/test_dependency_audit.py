"""The audit of dependencies: what it refuses, and that it never passes for want of an answer."""

from datetime import date
from typing import Any

import pytest

from config.checks.dependencies import NOT_CHECKED, Findings, expired, judge, pins_of, unhashed, withdrawn

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
