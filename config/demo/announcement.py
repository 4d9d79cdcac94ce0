"""What the demo tells the person who started it, from the file that the demo data left."""

import json
import shlex
from pathlib import Path
from typing import Any


def announcement(file: Path) -> str:
    """Addresses, one log-in per kind of user, and a command that returns ranked suppliers."""
    demo: dict[str, Any] = json.loads(file.read_text())
    first_of_kind = {account["kind"]: account for account in reversed(demo["accounts"])}
    return "\n".join(
        [
            "",
            f"API documentation  {demo['base_url']}/api/v1/docs",
            f"Administration     {demo['admin_url']}",
            f"Mailbox            {demo['mail_url']}",
            "",
            *(_log_in(first_of_kind[kind]) for kind in ("supplier", "buyer", "staff") if kind in first_of_kind),
            "",
            "Suppliers ranked for one requirement:",
            "",
            f"  {_ranking_command(demo, first_of_kind['buyer'])}",
            "",
            f"All of this is in {file}. Ctrl-C stops everything and keeps the data.",
        ]
    )


def _log_in(account: dict[str, str]) -> str:
    code = f"  one-time codes from {account['totp_secret']}" if account.get("totp_secret") else ""
    return f"{account['kind']:<9} {account['email']}  password {account['password']}{code}"


def _ranking_command(demo: dict[str, Any], buyer: dict[str, str]) -> str:
    header = "Authorization: " + demo["authorization"].format(buyer["api_key"])
    address = f"{demo['base_url']}/api/v1/requirements/{demo['requirement']}/matches"
    return shlex.join(["curl", "-H", header, address])
