"""The first person of the agency: everyone else can be added by an owner."""

import getpass
import os
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from accounts.models import User
from accounts.services import create_agency_owner

VARIABLE = "AGENCY_OWNER_PASSWORD"


class Command(BaseCommand):
    help = (
        "Makes a person an owner of the agency, and the agency too where there is none. The password of a new account "
        f"is asked for, or taken from the environment variable {VARIABLE}."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--full-name", default="")
        parser.add_argument("--agency", default="Trade promotion agency", help="name of the agency, if it is new")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        try:
            validate_email(email)
            password = "" if User.objects.filter(email=email).exists() else self._password(email)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from None
        person = create_agency_owner(
            email=email, password=password, full_name=options["full_name"], agency_name=options["agency"]
        )
        self.stdout.write(f"{person.email} is an owner of the agency.")

    def _password(self, email: str) -> str:
        password = os.environ.get(VARIABLE, "")
        if not password and sys.stdin.isatty():
            password = getpass.getpass(f"Password for {email}: ")
        if not password:
            raise CommandError(f"Set {VARIABLE}, or run this in a terminal.")
        validate_password(password, User(email=email))
        return password
