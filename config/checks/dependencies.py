"""No pinned package may have a known vulnerability or have been withdrawn, and the pins must follow from the wishes.

The package index is asked for advisories, and where it does not answer OSV, or the mirror of it that AUDIT_OSV_URL in
the environment names.

Exits with 75 where that could not be found out, such as without a network: that is said, and is no pass. With
AUDIT_REQUIRED=1 in the environment it is a failure.

Advisories that were looked into and do not concern this product stand in config/checks/advisories.toml, each with a
reason and the day on which it must be looked into again.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

NOT_CHECKED = 75
"""EX_TEMPFAIL of sysexits.h."""
LOCKS = ("requirements.txt", "requirements-servers.txt", "requirements-dev.txt")
REVIEWED = Path("config/checks/advisories.toml")
AUDIT = (sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--format=json", "--timeout=10")
OSV = "https://api.osv.dev/v1/query"
COMPILE = (
    *(sys.executable, "-m", "uv", "pip", "compile", "--universal", "--generate-hashes", "--python-version", "3.11"),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-progress", "--custom-compile-command", "make lock"),
)


@dataclass
class Findings:
    """What is wrong, and what could not be found out."""

    faults: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        if self.faults or (self.unknown and os.environ.get("AUDIT_REQUIRED") == "1"):
            return 1
        return NOT_CHECKED if self.unknown else 0


def main() -> int:
    exceptions = tomllib.loads(REVIEWED.read_text()).get("advisory", [])
    findings = Findings()
    findings.faults += expired(exceptions, today=datetime.now(UTC).date())
    for lock in LOCKS:
        findings.faults += unhashed(Path(lock).read_text(), lock)
    audit(LOCKS, exceptions, findings)
    check_locks(findings)
    for fault in findings.faults:
        print(f"fault: {fault}")
    for unknown in findings.unknown:
        print(f"NOT CHECKED: {unknown}")
    return findings.exit_status


def audit(locks: Sequence[str], exceptions: Sequence[dict[str, Any]], findings: Findings) -> None:
    """Ask a source of advisories about every pin: the first that answers about one alone, for asking takes long."""
    with tempfile.TemporaryDirectory() as folder:
        probe = Path(folder) / "probe.txt"
        probe.write_text(pins_of(Path(locks[0]).read_text())[0])
        source = next((source for source in sources() if answers(asked(str(probe), source))), None)
    if source is None:
        findings.unknown.append("no source of advisories answers: known vulnerabilities were NOT looked for")
        return
    for lock in locks:
        judge(lock, asked(lock, source), exceptions, findings)


def sources() -> list[Sequence[str]]:
    """Options of pip-audit for each source, in the order in which they are tried."""
    mirror = os.environ.get("AUDIT_OSV_URL")
    osv = ("--vulnerability-service=osv", f"--osv-url={mirror or OSV}")
    return [osv] if mirror else [("--vulnerability-service=pypi",), osv]


def answers(packages: list[dict[str, Any]] | None) -> bool:
    return packages is not None and any("skip_reason" not in package for package in packages)


def asked(lock: str, source: Sequence[str]) -> list[dict[str, Any]] | None:
    """What pip-audit says of each package; None where it says nothing."""
    command = [*AUDIT, *source, "--requirement", lock]
    ran = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    try:
        packages: list[dict[str, Any]] = json.loads(ran.stdout)["dependencies"]
    except (ValueError, KeyError):
        return None
    return packages


def judge(
    lock: str, packages: list[dict[str, Any]] | None, exceptions: Sequence[dict[str, Any]], findings: Findings
) -> None:
    """A package of which nothing is known is not a good one: pip-audit passes it over and calls the rest clean."""
    if packages is None:
        findings.unknown.append(f"{lock}: the audit gave no answer")
        return
    passed_over = [package["name"] for package in packages if "skip_reason" in package]
    if passed_over:
        findings.unknown.append(f"{lock}: nothing is known of {', '.join(passed_over)}")
    reviewed = {(exception["package"], exception["id"]) for exception in exceptions}
    for package in packages:
        for advisory in package.get("vulns", ()):
            if not any((package["name"], name) in reviewed for name in (advisory["id"], *advisory["aliases"])):
                fixed = ", ".join(advisory["fix_versions"]) or "nothing yet"
                findings.faults.append(f"{package['name']} {package['version']}: {advisory['id']}; fixed in {fixed}")


def expired(exceptions: Sequence[dict[str, Any]], *, today: date) -> list[str]:
    """Exceptions that must be looked into again, or give no reason."""
    return [
        f"{exception['id']} of {exception['package']} must be looked into again"
        for exception in exceptions
        if exception["again_on"] <= today or not exception["reason"].strip()
    ]


def pins_of(lock: str) -> list[str]:
    """The requirements of a lock, each with its hashes."""
    return re.findall(r"^\w(?:\\\n|[^\n])*", lock, re.MULTILINE)


def unhashed(lock: str, name: str) -> list[str]:
    """Pins that do not say what exactly is to be installed."""
    return [
        f"{name}: {pin.partition(' ')[0]} is not pinned by version and hash"
        for pin in pins_of(lock)
        if "==" not in pin or "--hash=sha256:" not in pin
    ]


def check_locks(findings: Findings) -> None:
    """Resolve the wishes anew beside the present pins: that must change nothing, and meet nothing withdrawn."""
    with tempfile.TemporaryDirectory() as folder:
        for file in Path().glob("requirements*.*"):
            shutil.copy2(file, folder)
        for lock in LOCKS:
            wishes = lock.replace(".txt", ".in")
            command = [*COMPILE, wishes, "--output-file", lock]
            ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)
            if ran.returncode != 0:
                findings.unknown.append(
                    f"{lock}: the package index does not answer: withdrawn versions were NOT looked for"
                )
            elif (Path(folder) / lock).read_text() != Path(lock).read_text():
                findings.faults.append(f"{lock} does not follow from {wishes}: run make lock")
            findings.faults += withdrawn(ran.stderr, lock)


def withdrawn(said: str, lock: str) -> Iterator[str]:
    """The versions that the index has withdrawn, as uv warns of them."""
    yield from (f"{lock}: {line}" for line in said.splitlines() if "yanked" in line)


if __name__ == "__main__":
    sys.exit(main())
