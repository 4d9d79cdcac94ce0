"""Let web servers and workers at the rows and at nothing else: python manage.py grant_rights --role NAME"""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from psycopg2 import sql

ROWS = "SELECT, INSERT, UPDATE, DELETE"
GRANTS = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "GRANT CONNECT ON DATABASE {database} TO {role}",
    "GRANT USAGE ON SCHEMA public TO {role}",
    f"GRANT {ROWS} ON ALL TABLES IN SCHEMA public TO {{role}}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
    # For what the same owner makes later, until this runs again.
    f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {ROWS} ON TABLES TO {{role}}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
)
PASSWORD = "APP_DATABASE_PASSWORD"  # noqa: S105  # the name of a variable


class Command(BaseCommand):
    """Run by the owner of the database after each migration. Running it again changes nothing."""

    help = (
        "Makes the role, unless it is there, and gives it the rows of all tables: no new tables, no changes of tables, "
        f"no triggers switched off. Its password is taken from {PASSWORD}, where that is set."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", required=True, help="The account of web servers and workers.")

    def handle(self, *args: Any, role: str, **options: Any) -> None:
        """
        Raises:
            CommandError: the role is the one that runs this, which would keep all its rights.
        """
        names = {"role": sql.Identifier(role), "database": sql.Identifier(str(connection.settings_dict["NAME"]))}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
            owner, is_there = cursor.fetchone()
            if owner == role:
                raise CommandError("Run this as the owner of the tables, not as the role that it is about.")
            if not is_there:
                cursor.execute(sql.SQL("CREATE ROLE {role} LOGIN NOINHERIT").format(**names))
            if password := os.environ.get(PASSWORD):
                cursor.execute(sql.SQL("ALTER ROLE {role} PASSWORD %s").format(**names), [password])
            for grant in GRANTS:
                cursor.execute(sql.SQL(grant).format(**names))
        self.stdout.write(f"{role} may read and write rows, and nothing else.")
