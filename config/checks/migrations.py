"""Migrations must leave the running release working while the next one is rolled out."""

import os

import django
from django.core.management import call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    django.setup()
    from django_migration_linter.management.commands.lintmigrations import Command

    call_command(Command(), no_cache=True)


if __name__ == "__main__":
    main()
