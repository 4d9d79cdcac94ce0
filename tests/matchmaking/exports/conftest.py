"""An export from the wish to the rows."""

import csv
from io import StringIO
from typing import Any

import pytest

from accounts.principals import Principal
from jobs.running import run_due_jobs
from tests.conftest import ClientFor
from tests.matchmaking.exports.scene import Export, Sheet, ask, content_of


@pytest.fixture
def export(client_for: ClientFor) -> Export:
    """Asks, has a worker do it, and reads the csv as a list of rows by header."""

    def ask_and_read(by: Principal, kind: str, **wishes: Any) -> Sheet:
        client = client_for(by)
        asked = ask(client, kind, **wishes)
        assert asked.status_code == 202, asked.content
        run_due_jobs()
        return list(csv.DictReader(StringIO(content_of(client, asked["Location"]).decode("utf-8-sig"))))

    return ask_and_read
