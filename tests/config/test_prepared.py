"""Statements that are planned once for each connection."""

import pytest

from config.prepared import Prepared


@pytest.mark.django_db
def test_statements_of_one_name_that_say_something_else_are_told_apart() -> None:
    """As those of two releases are, whose processes a pooler gives the same session."""
    of_today = Prepared("answer", "bigint", sql="SELECT $1 + 1")
    of_tomorrow = Prepared("answer", "bigint", sql="SELECT $1 + 2")

    assert [of_today.row([1]), of_tomorrow.row([1]), of_today.row([5])] == [(2,), (3,), (6,)]
