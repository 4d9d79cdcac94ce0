"""Run every static check, the quick ones first, and name all that failed: python -m config.checks [NAME ...]"""

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from config.checks.dependencies import NOT_CHECKED

PYTHON = sys.executable
MANAGE = (PYTHON, "manage.py")


@dataclass(frozen=True)
class Check:
    """A command that succeeds when all is well."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


def production_environment() -> dict[str, str]:
    """What production must be given, with secrets made up for this one run."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "API_KEY_PEPPER": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "matchmaking.example",
        "SITE_URL": "https://matchmaking.example",
        "DATABASE_URL": f"postgres://app:{secrets.token_urlsafe(24)}@database:5432/app",
        "REDIS_URL": f"redis://:{secrets.token_urlsafe(24)}@broker:6379/0",
        "TRUSTED_PROXY_COUNT": "1",
    }


CHECKS = (
    Check("ruff", (PYTHON, "-m", "ruff", "check", ".")),
    Check("ruff format", (PYTHON, "-m", "ruff", "format", "--check", ".")),
    Check("import-linter", (str(Path(PYTHON).with_name("lint-imports")),)),
    Check("deptry", (PYTHON, "-m", "deptry", ".")),
    Check("vulture", (PYTHON, "-m", "vulture")),
    Check("translations", (PYTHON, "-m", "config.translations", "--check")),
    Check("migrations made", (*MANAGE, "makemigrations", "--check", "--dry-run")),
    Check("migrations safe", (PYTHON, "-m", "config.checks.migrations")),
    Check("deployment", (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"), production_environment()),
    Check("dependencies", (PYTHON, "-m", "config.checks.dependencies")),
    Check("events page", (PYTHON, "-m", "notifications.events_page", "--check")),
    Check("API document", (PYTHON, "-m", "config.checks.api_document")),
    Check("API unbroken", (PYTHON, "-m", "config.checks.breaking_changes")),
    Check("mypy", (PYTHON, "-m", "mypy", ".")),
)


def main(names: Sequence[str]) -> int:
    chosen = [check for check in CHECKS if not names or check.name in names]
    statuses = {check.name: run(check) for check in chosen}
    failed = [name for name, status in statuses.items() if status not in (0, NOT_CHECKED)]
    unknown = [name for name, status in statuses.items() if status == NOT_CHECKED]
    print(f"Failed: {', '.join(failed)}" if failed else f"All {len(chosen) - len(unknown)} checks passed.", flush=True)
    if unknown:
        print(f"COULD NOT BE CHECKED on this machine, see above: {', '.join(unknown)}", flush=True)
    return 1 if failed else 0


def run(check: Check) -> int:
    """Run a check, and show what it says unless it passes. Returns its exit status."""
    started = monotonic()
    ran = subprocess.run(
        check.command,
        env={**os.environ, **check.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    verdict = {0: "passed ", NOT_CHECKED: "UNKNOWN"}.get(ran.returncode, "FAILED ")
    print(f"{verdict} {check.name} ({monotonic() - started:.1f} s)", flush=True)
    if ran.returncode != 0:
        print(ran.stdout, flush=True)
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
