"""The committed OpenAPI document must be what the code describes."""

import difflib
import subprocess
import sys
from itertools import islice
from pathlib import Path

DOCUMENT = Path("config/api/openapi-v1.yaml")


def main() -> int:
    described = subprocess.run(
        [sys.executable, "manage.py", "spectacular", "--validate", "--fail-on-warn"], stdout=subprocess.PIPE, text=True
    )
    if described.returncode != 0:
        return described.returncode
    committed = DOCUMENT.read_text() if DOCUMENT.exists() else ""
    if committed.strip() == described.stdout.strip():
        return 0
    lines = difflib.unified_diff(
        committed.splitlines(), described.stdout.splitlines(), str(DOCUMENT), "as the code describes it", lineterm=""
    )
    print(*islice(lines, 100), f"{DOCUMENT} is out of date: run make schema", sep="\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
