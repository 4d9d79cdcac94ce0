"""Tests of the programme have one day, on which all of it is counted."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.matchmaking.programme.scene import NOW


@pytest.fixture(autouse=True)
def one_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield
