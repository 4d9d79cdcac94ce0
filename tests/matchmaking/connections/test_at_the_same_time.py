"""Acts on one connection at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection as database

from accounts.models import Disclosure
from matchmaking import services
from matchmaking.errors import ConnectionAlreadyDecidedError, ConnectionExistsError
from matchmaking.models import Connection
from tests.matchmaking.connections.scene import Sides, row_of, topics


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    def test_of_twenty_acceptances_one_counts(self) -> None:
        sides = Sides()
        connection = sides.request()
        start = Barrier(20)

        def accept(_: int) -> str:
            try:
                start.wait(10)
                services.accept_connection(connection_id=connection.pk, by=sides.supplier)
            except ConnectionAlreadyDecidedError as refused:
                return refused.code
            finally:
                database.close()
            return "accepted"

        with ThreadPoolExecutor(20) as pool:
            answers = sorted(pool.map(accept, range(20)))

        assert answers == ["accepted"] + ["connection_already_decided"] * 19
        assert topics() == ["connection.requested", "connection.accepted"]
        assert row_of(connection)["version"] == 2
        assert Disclosure.objects.count() == 2

    def test_of_ten_requests_one_is_made(self) -> None:
        sides = Sides()
        start = Barrier(10)

        def ask(_: int) -> str:
            try:
                start.wait(10)
                return sides.request().state
            except ConnectionExistsError as refused:
                return refused.code
            finally:
                database.close()

        with ThreadPoolExecutor(10) as pool:
            answers = sorted(pool.map(ask, range(10)))

        assert answers == ["already_exists"] * 9 + ["requested"]
        assert Connection.objects.count() == 1
        assert topics() == ["connection.requested"]
