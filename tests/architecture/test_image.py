"""The production image's steps, carried out here as far as they go without an engine for containers."""

import os
import re
import secrets
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from config.devstack.valkey import free_port
from tests.stack.processes import PROJECT, clean_environment, eventually

DOCKERFILE = (PROJECT / "Dockerfile").read_text()
STEPS: list[tuple[str, str]] = re.findall(
    r"^(RUN|USER|CMD|HEALTHCHECK) +(.*)$", DOCKERFILE.replace("\\\n", " "), re.MULTILINE
)
NEVER_COPIED = ("__pycache__", "*.pyc")


def step(kind: str, containing: str) -> str:
    (found,) = [text for name, text in STEPS if name == kind and containing in text]
    return found


def sent_to_the_builder() -> list[str]:
    return [line[1:] for line in ignore_lines() if line.startswith("!")]


def ignore_lines() -> list[str]:
    return [line for line in (PROJECT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """What `COPY . .` brings into the image, beside an installed environment."""
    left_out = {PROJECT / line for line in ignore_lines() if not line.startswith(("!", "*"))}

    def ignored(folder: str, names: list[str]) -> set[str]:
        return {
            name
            for name in names
            if Path(folder) / name in left_out or any(fnmatch(name, pattern) for pattern in NEVER_COPIED)
        }

    root = tmp_path / "image"
    root.mkdir()
    for name in sent_to_the_builder():
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, root / name, ignore=ignored)
        else:
            shutil.copy2(PROJECT / name, root / name)
    (root / ".venv").symlink_to(sys.prefix)
    return root


def production(image: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in clean_environment().items() if name != "PYTHONPATH"},
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "PATH": f"{image / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "API_KEY_PEPPER": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": ".matchmaking.example,other.example",
        "SITE_URL": "https://matchmaking.example",
        "DATABASE_URL": f"postgres://app:{secrets.token_urlsafe(24)}@127.0.0.1:9/app",
        "REDIS_URL": f"redis://:{secrets.token_urlsafe(24)}@127.0.0.1:9/0",
    }


def test_it_installs_by_the_same_script_and_pins_as_make() -> None:
    makefile = (PROJECT / "Makefile").read_text()

    assert step("RUN", "install.py") == "python config/install.py requirements.txt"
    assert "install := $(or $(PYTHON),python3) config/install.py" in makefile
    assert "$(install) requirements.txt" in makefile
    assert '"--require-hashes"' in (PROJECT / "config" / "install.py").read_text()


def test_it_runs_as_an_ordinary_user() -> None:
    assert [text for name, text in STEPS if name == "USER"] == ["matchmaking"]


def test_everything_the_product_needs_is_sent_to_the_builder_and_nothing_private() -> None:
    apps = {path.parent.name for path in PROJECT.glob("*/apps.py")}

    assert apps | {"config", "manage.py", "requirements.txt"} == set(sent_to_the_builder())


def test_its_static_files_are_collected_and_its_web_server_starts_and_is_well(image: Path) -> None:
    environment = production(image)
    made_up = ("SECRET_KEY", "API_KEY_PEPPER", "ALLOWED_HOSTS", "SITE_URL", "DATABASE_URL", "REDIS_URL")
    without_secrets = {name: value for name, value in environment.items() if name not in made_up}

    collected = subprocess.run(
        ["sh", "-c", step("RUN", "collectstatic")], cwd=image, env=without_secrets, capture_output=True, text=True
    )
    assert collected.returncode == 0, collected.stderr
    assert (image / "var" / "static" / "staticfiles.json").exists()

    port = free_port()
    command = [part.strip(' "') for part in step("CMD", "gunicorn").strip("[]").split(",")]
    bound = [part.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for part in command]
    with subprocess.Popen(bound, cwd=image, env=environment, stderr=subprocess.PIPE) as server:
        try:
            well = ["python", "-m", "config.health", str(port)]
            assert eventually(lambda: subprocess.run(well, cwd=image, env=environment).returncode == 0)
        finally:
            server.terminate()
            server.communicate(timeout=20)


def test_a_web_server_that_does_not_answer_is_not_well(image: Path) -> None:
    asked = subprocess.run(["python", "-m", "config.health", str(free_port())], cwd=image, env=production(image))

    assert asked.returncode == 1
    assert 'CMD ["python", "-m", "config.health"]' in step("HEALTHCHECK", "health")
