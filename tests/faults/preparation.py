"""An empty database gets its tables, a verified buyer, firms with a person and an endpoint each, and requirements.

python -m tests.faults.preparation FOLDER REQUIREMENTS
"""

import json
import sys
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from accounts.services import issue_api_key  # noqa: E402
from notifications.services import add_endpoint  # noqa: E402
from tests.factories import matchmaking as make  # noqa: E402
from tests.factories.accounts import member  # noqa: E402
from tests.faults.stage import FIRMS  # noqa: E402


def main(folder: Path, requirements: int) -> None:
    call_command("migrate", verbosity=0)
    buyer = member("buyer")
    row = make.verified_buyer(buyer.organisation)
    _, key = issue_api_key(name="ERP", scopes=["read", "write"], by=buyer)
    suppliers, secrets = [], {}
    for number in range(FIRMS):
        owner = member("supplier")
        values = {"url": "http://127.0.0.1:1/", "topics": ["connection.requested"], "description": f"hooks/{number}"}
        _, secret = add_endpoint(values=values, by=owner)
        secrets[f"/hooks/{number}"] = secret
        suppliers.append(make.published_supplier(owner.organisation).public_id)
    asked = [make.requirement(row, title=f"Part {number}").public_id for number in range(requirements)]
    world = {"key": key, "suppliers": suppliers, "requirements": asked}
    (folder / "secrets.json").write_text(json.dumps(secrets))
    (folder / "world.json").write_text(json.dumps(world))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
