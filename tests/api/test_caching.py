"""Promises 6, 14 and 15: tags and 304 wherever something is read, who may keep it, and how an operation goes."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.urls import include, path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.deprecation import Deprecation
from config.api.views import StrictView
from tests.fixtures.routes import Operation, operations
from tests.fixtures.world import World

pytestmark = pytest.mark.django_db
Covered = Callable[[int, str], None]
WHO = ("staff_owner", "supplier_owner", "buyer_owner", "person", "anonymous")
TARGETS = ("own", "public", "waiting", "closed", "other")
OUT_OF_REACH = {"buyers_create", "suppliers_create", "suppliers_submit"}
"""The world holds nobody who has yet to begin; what begins a firm or a buyer has tests of its own."""
VARY = {"Accept-Language", "Authorization", "Cookie", "X-Session-Token", "X-Organisation"}
UNTAGGED = {
    *("api_docs", "match_runs_facts", "search_list"),
    *("suppliers_consortia", "suppliers_gaps", "suppliers_opportunities"),
    *("requirements_consortia", "requirements_matches", "requirements_relaxations", "requirements_stability"),
}
"""A page, a file, and rankings that are computed anew each time."""

FILES = ("content", "result", "workbook", "table")


def first_success(world: World, operation: Operation, **headers: str) -> tuple[str, Any, Any]:
    """Who got through, the path, and the answer. What was changed is undone."""
    for who in (*WHO, *world.clients):
        for target in TARGETS:
            if address := world.path(operation, target, who):
                with transaction.atomic():
                    answer = world.send(who, operation, target, **headers)
                    transaction.set_rollback(operation.method != "GET")
                if answer.status_code < 300:
                    return who, address, answer
    raise AssertionError(f"nobody gets through {operation}")


def test_whatever_is_read_has_a_tag_that_spares_reading_it_again(covered: Covered) -> None:
    world, tagged = World.build(), 0

    for operation in operations():
        if operation.method != "GET" or operation.operation_id in UNTAGGED or operation.action in FILES:
            continue
        who, address, answer = first_success(world, operation)
        assert "ETag" in answer, str(operation)
        again = world.clients[who].get(address, headers={"if-none-match": answer["ETag"]})
        changed = world.clients[who].get(address, headers={"if-none-match": f'"{"0" * 32}"'})

        assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"]), str(operation)
        assert changed.status_code == 200
        assert world.clients[who].head(address)["ETag"] == answer["ETag"]
        tagged += 1

    covered(tagged, "GET operations answer 304 to who has it already")


def test_nobody_s_cache_keeps_what_is_personal(covered: Covered) -> None:
    world, kept, unreached, read = World.build(), set(), [], 0

    for operation in operations():
        try:
            _who, _address, answer = first_success(world, operation)
        except AssertionError:
            unreached.append(operation.operation_id)
            continue
        if answer["Cache-Control"] != "private, no-store":
            kept.add(operation.operation_id)
            continue
        assert {name.strip() for name in answer["Vary"].split(",")} >= VARY, str(operation)
        read += 1

    assert set(unreached) <= OUT_OF_REACH
    assert {name for name in kept if not name.startswith("taxonomy_")} <= {"schema", "api_docs"}
    covered(read, "operations forbid caches to keep what they answer")


def test_what_strangers_read_alike_may_be_kept_a_moment() -> None:
    world = World.build()
    firm = world.fixed["public"]["suppliers"]

    answers = {
        who: [world.clients[who].get(f"/api/v1/suppliers{rest}") for rest in ("", f"/{firm}", f"/{firm}/sites")]
        for who in ("anonymous", "buyer_owner")
    }

    assert {answer["Cache-Control"] for answer in answers["anonymous"]} == {"public, max-age=60"}
    assert {answer["Cache-Control"] for answer in answers["buyer_owner"]} == {"private, no-store"}
    assert all({*VARY} <= {*answer["Vary"].split(", ")} for answer in answers["anonymous"])


def test_every_post_sent_again_with_its_key_is_answered_as_before_and_changes_nothing(covered: Covered) -> None:
    world, repeated, unreached = World.build(), 0, []

    for operation in operations():
        if operation.method != "POST" or operation.setting("post_changes_nothing"):
            continue
        try:
            who, address, _answer = first_success(world, operation)
        except AssertionError:
            unreached.append(operation.operation_id)
            continue
        target = next(target for target in TARGETS if world.path(operation, target, who) == address)
        with transaction.atomic():
            first, again = (world.send(who, operation, target, **{"Idempotency-Key": "k-1"}) for _ in range(2))
            transaction.set_rollback(True)
        secrets = dict.fromkeys(operation.setting("secrets", ()))
        replayed = again.headers.get("Idempotent-Replayed")
        assert (again.status_code, replayed) == (first.status_code, "true"), f"{operation} by {who}"
        body: Any = first.json() if first.content else None
        hidden = [name for name in secrets if body and name in body]
        blank: dict[str, Any] = {name: [] if isinstance(body[name], list) else None for name in hidden}
        expected = {**body, **blank} if blank else body
        assert (again.json() if again.content else None) == expected
        repeated += 1

    assert set(unreached) <= OUT_OF_REACH
    covered(repeated, "POST operations sent again are answered as before")


class OldView(StrictView):
    """An operation on its way out, and one beside it that breaks what the walks look for."""

    permission_classes = [AllowAny]
    deprecation = Deprecation(since=date(2026, 1, 1), sunset=date(2026, 7, 31), link="https://site.example/changes")

    def get(self, request: Request) -> Response:
        return Response({"old": True})


class CarelessView(APIView):
    permission_classes = [AllowAny]
    throttle_classes = []

    def get(self, request: Request) -> Response:
        return Response({})

    def post(self, request: Request) -> Response:
        return Response({}, status=201)


urlpatterns = [
    path("api/v1/", include([path("old", OldView.as_view()), path("careless", CarelessView.as_view())])),
]


@pytest.mark.urls(__name__)
def test_an_operation_on_its_way_out_says_so(unchecked: Any) -> None:
    answer = unchecked.get("/api/v1/old")

    assert answer["Deprecation"] == "@1767225600"
    assert answer["Sunset"] == "Fri, 31 Jul 2026 00:00:00 GMT"
    assert answer["Link"] == '<https://site.example/changes>; rel="deprecation"'


def test_six_months_notice_are_given() -> None:
    with pytest.raises(ValueError, match="six months"):
        Deprecation(since=date(2026, 1, 1), sunset=date(2026, 6, 1), link="https://site.example")


@pytest.mark.urls(__name__)
def test_a_view_that_keeps_no_promise_is_found_out(unchecked: Any) -> None:
    """What the walks ask of every operation, asked of one that does not derive from ours."""
    walked = {str(operation) for operation in operations(__name__)}
    read = unchecked.get("/api/v1/careless?nonsense=1")
    posted = unchecked.post("/api/v1/careless", {}, headers={"idempotency-key": "a b"})

    assert walked == {"GET /api/v1/old", "GET /api/v1/careless", "POST /api/v1/careless"}
    assert (read.status_code, posted.status_code) == (200, 201)
    assert not {"ETag", "RateLimit"} & set(read.headers)
    assert "X-Session-Token" not in read.get("Vary", "")
