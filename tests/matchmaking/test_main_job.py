"""The main job from end to end, as its three kinds of people do it: over HTTP, with a worker, with real e-mail."""

import json
import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from accounts.forms import terms_in_force
from taxonomy.services import load_taxonomy
from tests.factories.accounts import PASSWORD, member, tax_code
from tests.fixtures.mail import SmtpInbox
from tests.fixtures.worker import StartWorker, Worker

LAN, KENJI = "lan@cokhi.example", "kenji@motors.example"
FIRM, BUYER = "Công ty TNHH Cơ khí Sao Mai", "Kanto Motors Việt Nam"
TITLE = "Trục thép ⌀20"


class Person:
    """Somebody with an app: no cookies, a session token, a language."""

    def __init__(self, site: str, language: str) -> None:
        self.site = site
        self.language = language
        self.token = ""

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer's JSON. Anything but success, or the 401 with which sign-up goes on, fails the test."""
        request = Request(self.site + path, method=method, data=None if body is None else json.dumps(body).encode())  # noqa: S310
        request.add_header("Content-Type", "application/json")
        request.add_header("Accept-Language", self.language)
        if self.token:
            request.add_header("X-Session-Token", self.token)
        for name, value in headers.items():
            request.add_header(name, value)
        try:
            with urlopen(request, timeout=30) as answer:  # noqa: S310
                content = json.loads(answer.read())
        except HTTPError as refusal:
            content = json.loads(refusal.read())
            if refusal.code != 401 or not path.startswith("/auth/"):
                pytest.fail(f"{method} {path}: {content}")
        self.token = content.get("meta", {}).get("session_token", self.token)
        return content

    def post(self, path: str, body: Any = None) -> Any:
        return self.send("POST", f"/api/v1/{path}", body or {})

    def get(self, path: str) -> Any:
        return self.send("GET", f"/api/v1/{path}")

    def sign_up(self, email: str, full_name: str, inbox: SmtpInbox) -> None:
        body = {"email": email, "password": PASSWORD, "full_name": full_name, "terms_version": terms_in_force()}
        self.send("POST", "/auth/app/v1/auth/signup", body)
        [message] = inbox.to(email)
        code = re.search(r"^    (\S+)\s*$", text_of(message), re.MULTILINE)
        assert code is not None
        self.send("POST", "/auth/app/v1/auth/email/verify", {"key": code[1]})
        assert self.get("me")["email"] == email

    def sign_in(self, email: str) -> None:
        self.send("POST", "/auth/app/v1/auth/login", {"email": email, "password": PASSWORD})


def text_of(message: EmailMessage) -> str:
    plain = message.get_body(("plain",))
    assert plain is not None
    return str(plain.get_content())


def subject_of(message: EmailMessage) -> str:
    """Unfolded: a long subject may start on a line of its own."""
    return str(message["Subject"]).strip()


def mail_about(inbox: SmtpInbox, email: str, words: str, worker: Worker) -> EmailMessage:
    """The one message to that person whose subject has these words, once the worker has sent it."""

    def found() -> list[EmailMessage]:
        return [message for message in inbox.to(email) if words in str(message["Subject"])]

    worker.wait_until(lambda: len(found()) > 0)
    [message] = found()
    return message


def test_a_buyer_finds_a_supplier_and_both_are_told(
    live_server: LiveServer, smtp_inbox: SmtpInbox, start_worker: StartWorker
) -> None:
    cache.clear()
    load_taxonomy(parks=False)
    officer = member("agency")
    assert officer.user is not None
    officer.user.confirm_email()
    worker = start_worker()
    lan, kenji, staff = (Person(live_server.url, language) for language in ("vi", "en", "vi"))
    staff.sign_in(officer.user.email)

    supplier = publish_a_supplier(lan, staff, smtp_inbox)
    requirement = open_a_requirement(kenji, staff, smtp_inbox)

    # Everything was declared today, so it counts 0.6; where the plant stands is certain. Lead time: 2 − 45/30 = 0.5.
    # weights        process 3   tolerance 2   lead time 1   certificates 2   distance 1     sum 9
    # low            0.6         0.6           0.5 × 0.6     0.6              1
    # high           1           1             0.3 + 0.4     1                1
    # score     = (3 × 0.6 + 2 × 0.6 + 0.3 + 2 × 0.6 + 1) ÷ 9 = 5.5 ÷ 9
    # potential = (3 + 2 + 0.7 + 2 + 1) ÷ 9 = 8.7 ÷ 9
    matches = kenji.get(f"requirements/{requirement}/matches")
    assert matches["counts"] == {"eligible": 1, "unconfirmed": 0, "near_miss": 0}
    [line] = matches["results"]
    assert (line["supplier"], line["legal_name"], line["rank"]) == (supplier, FIRM, 1)
    assert (line["eligibility"], line["score"], line["potential"]) == ("eligible", 0.611111, 0.966667)
    assert "±0.01 mm" in line["criteria"]["tolerance"]["sentence"]

    asked = kenji.post(
        "connections", {"requirement": requirement, "supplier": supplier, "message": "Could you make 500 a month?"}
    )
    assert (asked["state"], asked["contacts"]) == ("requested", [])

    invitation = mail_about(smtp_inbox, LAN, "muốn trao đổi với Quý vị", worker)
    assert subject_of(invitation) == f"{BUYER} muốn trao đổi với Quý vị: {TITLE}"
    assert f"/api/v1/connections/{asked['id']}" in text_of(invitation)

    accepted = lan.post(f"connections/{asked['id']}/accept")
    assert accepted["state"] == "accepted"
    assert [contact["email"] for contact in accepted["contacts"]] == [KENJI]

    answer = mail_about(smtp_inbox, KENJI, "accepts the connection", worker)
    assert subject_of(answer) == f"{FIRM} accepts the connection: {TITLE}"
    assert [contact["email"] for contact in kenji.get(f"connections/{asked['id']}")["contacts"]] == [LAN]


def publish_a_supplier(lan: Person, staff: Person, inbox: SmtpInbox) -> str:
    """Lan signs up, describes her firm and submits it; staff publish it. Returns the supplier's id."""
    today = timezone.localdate()
    lan.sign_up(LAN, "Nguyễn Thị Lan", inbox)
    lan.post("organisations", {"kind": "supplier", "legal_name": FIRM, "country": "VN", "tax_code": tax_code(7)})
    supplier = lan.post("suppliers", {"languages": ["vi", "en"], "employees_total": 80})["id"]
    here = {"province": "2025:01", "latitude": 21.0285, "longitude": 105.8542}
    site = lan.post(f"suppliers/{supplier}/sites", {"name": "Nhà máy", "address": "Hà Nội", **here})["id"]
    lan.post(
        f"suppliers/{supplier}/capabilities",
        {"process": "MACH.CNC_TURN", "site": site, "role": "core", "tolerance_mm": 0.01, "lead_time_days": 45},
    )
    valid = {"valid_from": str(today - timedelta(days=30)), "expires_on": str(today + timedelta(days=700))}
    lan.post(f"suppliers/{supplier}/certificates", {"standard": "ISO9001", "number": "QMS-1", **valid})
    assert lan.post(f"suppliers/{supplier}/submit")["state"] == "submitted"
    assert staff.post(f"suppliers/{supplier}/publish")["state"] == "published"
    return str(supplier)


def open_a_requirement(kenji: Person, staff: Person, inbox: SmtpInbox) -> str:
    """Kenji signs up, his firm is verified, and he opens a requirement. Returns its id."""
    kenji.sign_up(KENJI, "Sato Kenji", inbox)
    kenji.post("organisations", {"kind": "buyer", "legal_name": BUYER, "country": "VN", "tax_code": tax_code(8)})
    buyer = kenji.post("buyers", {"parent_country": "JP"})["id"]
    assert staff.post(f"buyers/{buyer}/verify")["state"] == "verified"
    here = {"province": "2025:01", "latitude": 21.0285, "longitude": 105.8542}
    plant = kenji.post("plants", {"name": "Hanoi plant", **here})["id"]
    requirement = kenji.post(
        "requirements",
        {
            "title": TITLE,
            "plant": plant,
            "operations": [{"process": "MACH.CNC_TURN", "tolerance_mm": 0.02}],
            "lead_time_days": 30,
            "standards_required": ["ISO9001"],
            "criteria": {"tolerance": {"mode": "must"}},
        },
    )["id"]
    assert kenji.post(f"requirements/{requirement}/open")["state"] == "open"
    return str(requirement)
