"""The tutorials of docs/api do on a running server what they show, snippet by snippet."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from accounts import services as accounts
from accounts.principals import Principal
from buyers.models import Plant, Requirement
from taxonomy.models import Process, Standard
from taxonomy.services import load_taxonomy
from tests.clients.test_generated_client import signed_in
from tests.factories import matchmaking as make
from tests.factories.accounts import UserFactory, member
from tests.factories.buyers import BuyerFactory
from tests.factories.suppliers import CapabilityFactory, CertificateFactory, SiteFactory, SupplierFactory
from tests.fixtures.contract import PROJECT

Block = tuple[str, str]
"""Language and text."""
OMITTED = "…"


def blocks(page: str) -> list[Block]:
    text = (PROJECT / "docs" / "api" / f"{page}.md").read_text()
    return re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def follows(shown: Any, said: Any) -> bool:
    """Whether an answer is as shown; what is left out of an object, or written as …, may be anything."""
    if isinstance(shown, dict):
        return isinstance(said, dict) and all(name in said and follows(shown[name], said[name]) for name in shown)
    if isinstance(shown, list):
        return isinstance(said, list) and len(shown) == len(said) and all(map(follows, shown, said))
    if isinstance(shown, str) and OMITTED in shown:
        return isinstance(said, str) and said.startswith(shown.partition(OMITTED)[0])
    return bool(shown == said)


def run_shell(page: str, folder: Path, **variables: str) -> int:
    """Run the page's shell snippets in one session. Returns how many answers were compared."""
    if shutil.which("curl") is None:
        pytest.fail("The tutorials need curl. On Debian and Ubuntu: sudo apt-get install curl")
    steps, compared, script = blocks(page), 0, "set -e\n"
    for (language, text), (next_language, _shown) in pairwise([*steps, ("", "")]):
        if language != "sh":
            continue
        answer = folder / f"answer-{compared}"
        script += f"{{\n{text}}} > '{answer}'\n"
        if next_language == "json":
            compared += 1
    environment = {**os.environ, **variables}
    run = subprocess.run(["bash", "-c", script], env=environment, cwd=folder, stderr=subprocess.PIPE, text=True)
    assert run.returncode == 0, run.stderr
    expected = [shown for language, shown in steps if language == "json"]
    check(expected, [(folder / f"answer-{index}").read_text() for index in range(compared)])
    return compared


def run_python(page: str, **variables: str) -> int:
    """Run the page's Python snippets as one program, which prints one answer a line."""
    program = "\n".join(text for language, text in blocks(page) if language == "python")
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    expected = [shown for language, shown in blocks(page) if language == "json"]
    check(expected, run.stdout.splitlines())
    return len(expected)


def check(expected: list[str], said: list[str]) -> None:
    assert len(expected) == len(said)
    for shown, answer in zip(expected, said, strict=True):
        assert follows(json.loads(shown), json.loads(answer)), f"shown: {shown}\nsaid: {answer}"


@pytest.fixture
def site(live_server: LiveServer) -> str:
    cache.clear()
    load_taxonomy(parks=False)
    return str(live_server.url)


def session_of(site: str, principal: Principal) -> str:
    assert principal.user is not None
    return signed_in(site, principal.user.email)


def described_firm(*, tolerance_mm: float = 0.01, **facts: Any) -> Any:
    firm = SupplierFactory.create(**facts)
    CapabilityFactory.create(
        site=SiteFactory.create(supplier=firm),
        process=Process.objects.get(code="MACH.CNC_TURN"),
        tolerance_mm=tolerance_mm,
    )
    CertificateFactory.create(
        supplier=firm,
        standard=Standard.objects.get(code="ISO9001"),
        expires_on=timezone.localdate() + timedelta(days=700),
    )
    return firm


@pytest.mark.django_db(transaction=True)
def test_a_supplier_s_tutorial_does_what_it_shows(site: str, tmp_path: Path) -> None:
    session = signed_in(site, UserFactory.create().email)

    assert run_shell("for-suppliers", tmp_path, SITE=site, SESSION=session) == 6


@pytest.mark.django_db(transaction=True)
def test_the_staff_s_tutorial_does_what_it_shows(site: str, tmp_path: Path) -> None:
    firm = described_firm(state="submitted")
    buyer = BuyerFactory.create(state="registered")
    session = session_of(site, member("agency"))

    compared = run_shell(
        "for-trade-promotion-staff",
        tmp_path,
        SITE=site,
        SESSION=session,
        SUPPLIER=firm.public_id,
        BUYER=buyer.public_id,
    )

    assert compared == 5


@pytest.mark.django_db(transaction=True)
def test_a_procurement_team_s_tutorial_does_what_it_shows(site: str) -> None:
    described_firm(state="published", published_at=timezone.now())
    described_firm(state="published", published_at=timezone.now(), tolerance_mm=0.03)
    owner = member("buyer")
    make.verified_buyer(owner.organisation)
    _row, key = accounts.issue_api_key(name="ERP", scopes=["read", "write"], by=owner)

    assert run_python("for-procurement-software", SITE=site, KEY=key) == 9
    assert Plant.objects.count() == 1

    assert run_python("for-procurement-software", SITE=site, KEY=key) == 9  # what is there already is used
    assert (Plant.objects.count(), Requirement.objects.count()) == (1, 2)
