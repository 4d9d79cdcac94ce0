"""What tests of frozen rankings begin with, and what they look at."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from rest_framework.test import APIClient

from buyers.models import Requirement

URL = "/api/v1/match-runs"
PROJECT = Path(__file__).resolve().parent.parent.parent.parent


def frozen(client: APIClient, requirement: Requirement) -> dict[str, Any]:
    """The run that the caller has made of the requirement."""
    response = client.post(URL, {"requirement": requirement.public_id}, format="json")
    assert response.status_code == 201, response.content.decode()
    run: dict[str, Any] = response.json()
    return run


def lines_of(client: APIClient, run: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = client.get(f"{URL}/{run['id']}/results?page_size=200", headers=headers).json()[
        "results"
    ]
    return lines


def facts_of(client: APIClient, run: dict[str, Any]) -> bytes:
    answer: Any = client.get(f"{URL}/{run['id']}/facts")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def replayed(facts: bytes, folder: Path) -> dict[str, Any]:
    """What the engine alone makes of the file: in another folder, with nothing in its environment but where it is."""
    file = folder / "facts.json"
    file.write_bytes(facts)
    command = [sys.executable, "-m", "matchmaking.engine", str(file)]
    environment = {"PYTHONPATH": str(PROJECT)}
    finished = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stderr) == (0, "")
    ranking: dict[str, Any] = json.loads(finished.stdout)
    return ranking
