"""Bring the database to the state the demo needs, in one process: preparation.py BASE_URL MAIL_URL OUT.

Every step finds what an earlier run left and does only what is missing.
"""

import sys

import django
from django.core.management import call_command


def main(base_url: str, mail_url: str, out: str) -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("load_taxonomy", verbosity=0)
    call_command("load_demo", "--base-url", base_url, "--mail-url", mail_url, "--out", out)


if __name__ == "__main__":
    main(*sys.argv[1:])
