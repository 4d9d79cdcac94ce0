"""Make the base of this machine's catalogue before anybody waits for it."""

from typing import Any

from django.core.management.base import BaseCommand

from matchmaking import catalogue
from matchmaking.catalogue.shelf import shelf


class Command(BaseCommand):
    help = (
        "Make the file from which this machine's processes rank: where there is none that can be used, or where firms "
        "have changed since it was made. Processes that run go over to it at their next request."
    )

    def handle(self, **options: Any) -> None:
        is_new = catalogue.merge(at_least=1)
        self.stdout.write(f"{shelf().path}: {'made' if is_new else 'as it was'}")
