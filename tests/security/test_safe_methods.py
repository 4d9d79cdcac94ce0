"""Whoever follows a link changes nothing: GET, HEAD and OPTIONS leave every row as it is, on every address."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.test import APIClient

from accounts.models import Organisation
from tests.conftest import Covered
from tests.fixtures.routes import Operation, operations
from tests.fixtures.world import World
from tests.security.test_headers import PATHS, browser_of

pytestmark = pytest.mark.django_db
METHODS = ("get", "head", "options")
CALLERS = {"supplier_owner": METHODS, "staff_owner": ("get",), "buyer_key_write": ("get",)}
OF_THE_BROWSER = {"django_session"}
"""What a page remembers between its steps for one browser, such as a code that is still to be confirmed."""


def touched() -> Counter[str]:
    """How many rows of each table this transaction has inserted, changed or deleted so far, undone or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return Counter(dict(cursor.fetchall()))


def changed_by(client: Any, address: str, methods: Iterable[str] = METHODS) -> dict[str, Counter[str]]:
    """The tables that safe methods have changed, by method."""
    changes = {}
    for method in methods:
        before = touched()
        getattr(client, method)(address)
        if change := touched() - before:
            changes[method] = change
    return changes


def addresses(world: World, operation: Operation, who: str) -> set[str]:
    """Of the caller's own and of what everybody may see; of nothing where there is neither."""
    found = {world.path(operation, target, who) for target in ("own", "public")} - {None}
    return {address for address in found if address} or {operation.address()}


@pytest.mark.parametrize("who", CALLERS)
def test_no_safe_request_to_the_api_changes_a_row(who: str, covered: Covered) -> None:
    world = World.build()
    asked = sorted({address for operation in operations() for address in addresses(world, operation, who)})

    methods, client = CALLERS[who], world.clients[who]
    changes = {address: change for address in asked if (change := changed_by(client, address, methods))}

    assert changes == {}
    covered(len(asked) * len(methods), "GET, HEAD and OPTIONS that changed no row")


def test_no_link_beside_the_api_changes_a_row(covered: Covered) -> None:
    browser = browser_of("staff")
    pages = [page for page in PATHS if not page.startswith("/api/")]

    changes = {
        page: tables
        for page in pages
        for change in changed_by(browser, page, ["get"]).values()
        if (tables := set(change) - OF_THE_BROWSER)
    }

    assert changes == {}
    covered(len(pages), "GET, HEAD and OPTIONS that changed no row")


def careless(_request: HttpRequest) -> HttpResponse:
    Organisation.objects.update(trade_name="Changed")
    return HttpResponse()


urlpatterns = [path("careless", careless), path("careful", lambda _request: HttpResponse())]


@pytest.mark.urls(__name__)
def test_a_view_that_changes_rows_on_a_link_is_found_out() -> None:
    World.build()

    assert changed_by(APIClient(), "/careful") == {}
    found = changed_by(APIClient(), "/careless")
    assert [method for method, tables in found.items() if "accounts_organisation" in tables] == list(METHODS)
