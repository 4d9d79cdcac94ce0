"""How tests send documents of firms, and where they look for the files."""

from typing import Any

from rest_framework.test import APIClient

from accounts.principals import Principal
from suppliers import services
from suppliers.models import Document, Supplier
from suppliers.services.documents import FOLDER
from tests.fixtures.files import kept_in, pdf, upload

PDF = pdf()


def files() -> list[str]:
    return [f"{FOLDER}/{name}" for name in kept_in(FOLDER)]


def documents_of(supplier: Supplier, *rest: str) -> str:
    return "/".join([f"/api/v1/suppliers/{supplier.public_id}/documents", *rest])


def send(client: APIClient, supplier: Supplier, content: bytes = PDF, name: str = "a.pdf", **fields: Any) -> Any:
    form = {"file": upload(content, name), "kind": "other", **fields}
    return client.post(documents_of(supplier), form, format="multipart")


def add(supplier: Supplier, *, by: Principal, content: bytes = PDF, **values: Any) -> Document:
    file = upload(content)
    return services.add_document(supplier_id=supplier.pk, values={"file": file, "kind": "other", **values}, by=by)


def contents(number: int) -> bytes:
    return pdf(inside=f"<</Type/Catalog/N {number}>>".encode())


def problem_of(response: Any) -> tuple[int, str, list[tuple[str, str]]]:
    body = response.json()
    assert response["Content-Type"] == "application/problem+json"
    return response.status_code, body["code"], [(error["pointer"], error["code"]) for error in body["errors"]]
