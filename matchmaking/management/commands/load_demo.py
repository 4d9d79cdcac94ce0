"""Load the fictional programme and say how to log in."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from accounts.keys import digest
from accounts.models import ApiKey
from buyers.content import content_of
from buyers.models import Requirement
from matchmaking.demo.connections import load_connections
from matchmaking.demo.firms import SOURCE, load_firms
from matchmaking.demo.logins import agency, log_in_for, write_privately
from matchmaking.demo.requirements import load_requirements
from matchmaking.demo.support import load_support
from matchmaking.services import Wanted, match, ranges_to_summarise, summarise_matches
from suppliers.models import Supplier


class Command(BaseCommand):
    """Stores the demo data once. Every later run keeps it, and the log-ins too while their file is there."""

    help = "Load the fictional firms, buyers and requirements, and write the log-ins to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base-url", default="http://127.0.0.1:8000")
        parser.add_argument("--mail-url", default="")
        parser.add_argument("--out", type=Path, default=Path("var/demo.json"))
        parser.add_argument("--times", type=int, default=1, help="so many times 900 firms (default: 1)")

    def handle(self, *, base_url: str, mail_url: str, out: Path, times: int, **options: Any) -> None:
        with transaction.atomic():
            is_new = not Supplier.objects.filter(source=SOURCE).exists()
            if is_new:
                today = timezone.localdate()
                firms, requirements = load_firms(today, times=times), load_requirements(today)
                connections = load_connections(today)
                for first, last in ranges_to_summarise():
                    summarise_matches(first=first, last=last)
                self.stdout.write(
                    f"{len(firms)} firms, {len(requirements)} requirements, {len(connections)} connections"
                )
            addresses = {"base_url": base_url, "admin_url": f"{base_url}/admin/", "mail_url": mail_url}
            log_ins = _log_ins(out)
            if is_new:
                load_support(timezone.localdate())
            write_privately(out, {**log_ins, **addresses})


def _log_ins(out: Path) -> dict[str, Any]:
    """What an earlier run wrote, or new secrets where there is no such file or it tells of another database."""
    if out.exists() and _still_hold(earlier := json.loads(out.read_text())):
        return dict(earlier)
    requirement = Requirement.objects.with_content().order_by("id")[0]
    best = match(content_of(requirement), Wanted(top=1)).supplier_ids[0]
    supplier = Supplier.objects.get(public_id=best)
    return {
        "authorization": "Bearer {}",
        "accounts": [
            log_in_for("supplier", supplier.organisation, language="vi"),
            log_in_for("buyer", requirement.buyer.organisation, language="en"),
            log_in_for("staff", agency(), language="vi"),
        ],
        "requirement": requirement.public_id,
    }


def _still_hold(earlier: dict[str, Any]) -> bool:
    digests = [digest(account["api_key"]) for account in earlier["accounts"]]
    return ApiKey.objects.filter(secret_hash__in=digests, revoked_at=None).count() == len(digests)
