"""How tests ask for exports and read them."""

from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

from buyers.models import Requirement
from suppliers.models import Supplier
from tests.factories import matchmaking as make

Sheet = list[dict[str, str]]


Export = Callable[..., Sheet]


def ask(client: APIClient, kind: str, **wishes: Any) -> Any:
    return client.post("/api/v1/exports", {"kind": kind, "language": "en", **wishes})


def content_of(client: APIClient, address: str) -> bytes:
    answer: Any = client.get(f"{address}/result")
    assert answer.status_code == 200, client.get(address).json()
    return b"".join(answer.streaming_content)


def ranked() -> tuple[Requirement, Supplier, Supplier]:
    better, worse = make.published_supplier(), make.published_supplier()
    make.capability(better, tolerance_mm=0.01)
    make.capability(worse, tolerance_mm=0.03)
    return make.requirement(operations=({"process": "cnc_turning", "tolerance_mm": 0.02},)), better, worse
