"""How long the admin takes to find a firm: `python -m benchmarks.admin_search [--suppliers N] [--json FILE]`

As `benchmarks.lists`: its own servers, very many firms, each request through the whole of Django in this process, up to
the finished page of the list of firms. `query_ms` is what the database and the search itself take of it. Beside them
the start page, with the figures of the programme.
"""

import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

from benchmarks.in_process import Case, Figures, filled, parser, percentiles, run, sampled

LIMIT_MS = 100


def cases() -> tuple[Case, ...]:
    """Texts as officers type them, of which some are those of a firm in the middle."""
    from suppliers.models import Supplier

    firm = Supplier.objects.select_related("organisation").order_by("pk")[Supplier.objects.count() // 2]
    organisation = firm.organisation
    type(organisation).objects.filter(pk=organisation.pk).update(contact_phone="+84912345678")
    texts = {
        "name, whole": organisation.legal_name,
        "name, part of a word": organisation.name_key[1:9],
        "rare words": "phu tung nikko 390",
        "tax code": organisation.tax_code,
        "tax code, part": organisation.tax_code[2:9],
        "telephone": "0912 345 678",
        "telephone, part": "345678",
        "product": "ép phun nhựa",
        "product and name": "dập minh đức",
        "common words": "cơ khí",
        "nobody": "khong co ai nhu vay",
        "id": firm.public_id,
    }
    return tuple(Case(name, "staff", "suppliers/supplier/", {"q": text}) for name, text in texts.items())


def officer() -> Any:
    from accounts.models import Membership, Organisation, User

    agency = Organisation.objects.get_or_create(kind="agency", legal_name="Agency")[0]
    user = User.objects.get_or_create(email="officer@benchmark.example", defaults={"is_staff": True})[0]
    Membership.objects.get_or_create(organisation=agency, user=user, defaults={"role": "editor"})
    return user


def measured(wishes: Any) -> Figures:
    seconds = filled(wishes.suppliers, 0)
    from django.db import connection
    from django.test import Client

    from suppliers.models import Supplier

    browser = Client(SERVER_NAME="localhost", headers={"accept-language": "vi"})
    browser.force_login(officer())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_organisation")
    asked = [case for case in cases() if wishes.only in case.name]

    def page(case: Case) -> None:
        answer = browser.get(f"/admin/{case.path}", dict(case.query))
        if answer.status_code != 200:
            raise RuntimeError(f"{case.name}: {answer.status_code}")

    def query(case: Case) -> list[int]:
        return list(Supplier.objects.looked_up(case.query["q"]).order_by("-pk").values_list("pk", flat=True)[:100])

    start = Case("start page", "staff", "")
    pages = sampled([*asked, start], page, wishes.requests)
    queries = sampled(asked, query, wishes.requests)
    figures = {
        case.name: {
            **percentiles(pages[case.name]),
            "query_ms": percentiles(queries[case.name])["p50_ms"],
            "found": Supplier.objects.looked_up(case.query["q"]).count(),
        }
        for case in asked
    }
    figures["start page"] = percentiles(pages["start page"])
    return {"suppliers": Supplier.objects.count(), "filled_in_seconds": round(seconds, 1), "cases": figures}


def main(arguments: Sequence[str] | None = None) -> int:
    wishes = parser("admin_search", __doc__.partition("\n")[0]).parse_args(arguments)
    figures = run(wishes, partial(measured))
    for name, row in figures["cases"].items():
        print(
            f"{name:<22} p50 {row['p50_ms']:7.2f} ms   p95 {row['p95_ms']:7.2f} ms   processor"
            f" {row['processor_ms']:6.2f} ms"
            + (f"   query {row['query_ms']:6.2f} ms   {row['found']:6} found" if "found" in row else "")
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
