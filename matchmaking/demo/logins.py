"""One person per kind of user, with fresh secrets, and the file that tells of them."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress

from accounts.models import ApiKey, Membership, Organisation, User
from accounts.principals import Principal
from accounts.services import issue_api_key, revoke_api_key

AGENCY = "Hanoi Trade Promotion (demo)"
KEY_NAME = "demonstration"
SCOPES = {"supplier": ["read", "write"], "buyer": ["read", "write"], "staff": ["read"]}


def agency() -> Organisation:
    """The fictional agency that runs the programme."""
    return Organisation.objects.get_or_create(kind=Organisation.Kind.AGENCY, legal_name=AGENCY, trade_name=AGENCY)[0]


def log_in_for(kind: str, organisation: Organisation, *, language: str) -> dict[str, str]:
    """Give `<kind>@demo.example` a new password and a new API key; the old ones end."""
    email, password = f"{kind}@demo.example", secrets.token_urlsafe(12)
    user = User.objects.filter(email=email).first() or User(email=email)
    user.full_name, user.language = f"Demo {kind}", language
    user.is_staff = user.is_superuser = kind == "staff"
    user.set_password(password)
    user.save()
    EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    Membership.objects.update_or_create(user=user, organisation=organisation, defaults={"role": Membership.Role.OWNER})
    owner = Principal(user=user, organisation=organisation, role=Membership.Role.OWNER)
    for old in ApiKey.objects.visible_to(owner).filter(name=KEY_NAME, revoked_at=None):
        revoke_api_key(api_key_id=old.pk, by=owner)
    _, key = issue_api_key(name=KEY_NAME, scopes=SCOPES[kind], by=owner)
    return {"kind": kind, "email": email, "password": password, "api_key": key}


def write_privately(path: Path, content: dict[str, Any]) -> None:
    """Put JSON into a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file, indent=2, ensure_ascii=False)
    draft.replace(path)
