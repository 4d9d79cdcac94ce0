"""Writes the answers that the OpenAPI document shows as examples: `make examples`.

The main job is done once, on the real taxonomy, with the examples of bodies as requests; what is answered is kept, one
answer for each kind, with ids that are the same every time. No test: `test_examples` holds what is kept against the
document.
"""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.api.v1.examples import EXAMPLES as OF_ACCOUNTS
from accounts.models import ContactReading, Membership, Organisation
from accounts.principals import ANONYMOUS, Principal
from buyers.api.v1 import examples as of_buyers
from config.api.examples import ANSWERS
from jobs.running import run_due_jobs
from matchmaking.api.v1 import examples as of_matchmaking
from notifications.api.v1.examples import EXAMPLES as OF_NOTIFICATIONS
from notifications.models import Delivery
from notifications.relay import fan_out_all
from suppliers.api.v1 import examples as of_suppliers
from taxonomy.services import load_taxonomy
from tests.factories.accounts import MembershipFactory, OrganisationFactory, UserFactory
from tests.fixtures.contract import document, operation_of, resolved
from tests.fixtures.files import pdf, upload

API = "/api/v1/"
NOW = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
PUBLIC_ID = re.compile(r"\b([a-z]{3})_[0-9a-z]{20}\b")
SECRET = re.compile(r"\b(mk_|whsec_)[\w+/=.-]+")
BY_THE_DATABASE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z")
"""Moments that the database tells, for which time does not stand still."""
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
FIRM = {**OF_ACCOUNTS["OrganisationWriter"]}
BUYER = {
    "legal_name": "Công ty TNHH Kanto Motors Việt Nam",
    "trade_name": "Kanto Motors Vietnam",
    "tax_code": "0106000001",
    "contact_name": "Sato Kenji",
    "contact_email": "purchasing@kanto-motors.example",
}
AGENCY = {"legal_name": "Trung tâm Xúc tiến Đầu tư, Thương mại và Du lịch", "trade_name": "Trade promotion centre"}


class Recorder:
    """Makes requests, and keeps the first answer of each kind."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.names: dict[str, str] = {}
        """Of ids that the examples of bodies name."""

    def ask(self, by: Principal, method: str, path: str, body: Any = None, **how: Any) -> Any:
        client = APIClient(headers={"accept-language": "en", "if-match": "*"})
        if by is not ANONYMOUS:
            client.force_authenticate(user=by.user, token=by)
        given = {} if body is None else {"data": body, "format": how.get("format", "json")}
        answer = getattr(client, method)(API + path, **(given if method != "get" else {"data": body}))
        assert answer.status_code < 300, (method, path, answer.content.decode())
        if answer.content and "json" in answer["Content-Type"]:
            self._keep(method, (API + path).partition("?")[0], answer)
            return answer.json()
        return None

    def _keep(self, method: str, path: str, answer: Any) -> None:
        described = resolved(operation_of(method.upper(), path)["responses"][str(answer.status_code)])
        name = described["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        schema, body = document()["components"]["schemas"][name], answer.json()
        items = schema["properties"].get("results", {}).get("items", {}).get("$ref")
        if items and set(schema["properties"]) <= {"results", "next", "previous", "count"}:
            name, body = items.rpartition("/")[2], next(iter(body["results"]), None)
        if body is not None:
            self.answers.setdefault(name, body)


def person(organisation: Organisation, full_name: str, email: str, role: str = "owner") -> Principal:
    user = UserFactory.create(full_name=full_name, email=email, phone="+84901234567", language="vi")
    return Principal.of_member(MembershipFactory.create(user=user, organisation=organisation, role=role))


def scrubbed(answers: dict[str, Any], known: dict[str, str]) -> Any:
    """The same text at every recording: steady ids, the moment of the story, no secrets."""
    text = json.dumps(answers, ensure_ascii=False, indent=1, sort_keys=True)
    today = datetime.now(UTC)

    def steady(found: re.Match[str]) -> str:
        seed = hashlib.sha256(f"{found[1]}{len(known)}".encode()).digest()
        return known.setdefault(found[0], f"{found[1]}_" + "".join(ALPHABET[byte % 32] for byte in seed[:20]))

    def in_the_story(found: re.Match[str]) -> str:
        days = round((datetime.fromisoformat(found[0]) - today) / timedelta(days=1))
        return f"{NOW + timedelta(days=days, seconds=4):%Y-%m-%dT%H:%M:%SZ}"

    text = SECRET.sub(lambda found: f"{found[1]}4f7a9c2e8b1d6035", text)
    text = re.sub(r'"prefix": "\w+"', '"prefix": "mk_4f7a9c2e"', text)
    text = re.sub(r'"request_id": "\w{20,}"', f'"request_id": "{"4f7a9c2e" * 4}"', text)
    text = BY_THE_DATABASE.sub(in_the_story, text)
    return json.loads(PUBLIC_ID.sub(steady, text))


@pytest.mark.django_db
@pytest.mark.usefixtures("reports_within")
def test_record() -> None:
    with time_machine.travel(NOW, tick=False):
        load_taxonomy()
        say = recorded()
    answers = scrubbed(say.answers, say.names)
    ANSWERS.write_text(json.dumps(answers, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    assert len(answers) > 35


def recorded() -> Recorder:
    say = Recorder()
    agency = OrganisationFactory.create(kind="agency", **AGENCY)
    officer, checker = (
        person(agency, name, f"{name.split()[-1].lower()}@agency.example") for name in ("Trần Minh Đức", "Phạm Thu Hà")
    )
    firm = OrganisationFactory.create(**FIRM)
    lan = person(firm, "Nguyễn Thị Lan", "lan@phutung.example")
    kanto = OrganisationFactory.create(kind="buyer", **BUYER)
    sato = person(kanto, "Sato Kenji", "sato@kanto-motors.example")
    supplier = describe_a_firm(say, lan, checker)
    requirement = ask_for_a_part(say, sato, officer)
    match_and_connect(say, sato, lan, supplier, requirement)
    manage_accounts(say, lan, sato, officer)
    import_a_list(say, officer)
    add_a_webhook(say, lan)
    read_what_was_told(say, lan, officer)
    read_the_programme(say, officer)
    for path in ("corridors", "industries", "materials", "parks", "processes", "provinces", "sectors", "standards"):
        say.ask(ANONYMOUS, "get", f"taxonomy/{path}", {"page_size": "1"})
    read_the_taxonomy(say)
    assert Membership.objects.count() > 3
    assert ContactReading.objects.exists()
    return say


def describe_a_firm(say: Recorder, lan: Principal, checker: Principal) -> str:
    supplier: str = say.ask(lan, "post", "suppliers", of_suppliers.EXAMPLES["SupplierWriter"])["id"]
    del say.answers["Supplier"]
    site = say.ask(lan, "post", f"suppliers/{supplier}/sites", of_suppliers.EXAMPLES["SiteWriter"])["id"]
    say.names[site] = of_suppliers.SITE
    turning = {**of_suppliers.EXAMPLES["CapabilityWriter"], "site": site}
    capability = say.ask(lan, "post", f"suppliers/{supplier}/capabilities", turning)["id"]
    say.names[capability] = of_suppliers.CAPABILITY
    certificate = {**of_suppliers.EXAMPLES["CertificateWriter"], "site": site}
    held = say.ask(lan, "post", f"suppliers/{supplier}/certificates", certificate)["id"]
    say.names[held] = of_suppliers.CERTIFICATE
    scan = {**of_suppliers.EXAMPLES["DocumentWriter"], "file": upload(pdf(), "iso-9001.pdf"), "certificate": held}
    say.ask(lan, "post", f"suppliers/{supplier}/documents", scan, format="multipart")
    say.ask(lan, "post", f"suppliers/{supplier}/submit", {})
    say.ask(checker, "post", f"suppliers/{supplier}/publish", {})
    say.answers.pop("Supplier", None)
    check = of_suppliers.EXAMPLES["CheckWriter"]
    say.ask(checker, "post", f"suppliers/{supplier}/certificates/{held}/check", check)
    say.ask(lan, "get", f"suppliers/{supplier}")
    say.ask(lan, "get", f"suppliers/{supplier}/evidence")
    say.ask(lan, "get", f"suppliers/{supplier}/history")
    return supplier


def ask_for_a_part(say: Recorder, sato: Principal, officer: Principal) -> str:
    account = say.ask(sato, "post", "buyers", of_buyers.EXAMPLES["BuyerWriter"])["id"]
    say.answers.pop("Buyer")
    say.ask(officer, "post", f"buyers/{account}/verify", {})
    sato.organisation.refresh_from_db()  # type: ignore[union-attr]
    plant = say.ask(sato, "post", "plants", of_buyers.EXAMPLES["PlantWriter"])["id"]
    say.names |= {account: of_buyers.BUYER, plant: of_buyers.PLANT}
    shaft = {**of_buyers.EXAMPLES["RequirementWriter"], "plant": plant, "visibility": "public"}
    requirement: str = say.ask(sato, "post", "requirements", shaft)["id"]
    say.answers.pop("Requirement")
    say.ask(sato, "post", f"requirements/{requirement}/open", {})
    drawing = {**of_buyers.EXAMPLES["RequirementAttachmentWriter"], "file": upload(pdf(), "shaft-40cr.pdf")}
    say.ask(sato, "post", f"requirements/{requirement}/attachments", drawing, format="multipart")
    say.ask(sato, "get", f"requirements/{requirement}/attachments")
    say.ask(sato, "get", f"requirements/{requirement}/history")
    return requirement


def match_and_connect(say: Recorder, sato: Principal, lan: Principal, supplier: str, requirement: str) -> None:
    for about in ("matches", "relaxations", "stability"):
        say.ask(sato, "get", f"requirements/{requirement}/{about}")
    say.ask(lan, "get", f"suppliers/{supplier}/opportunities")
    say.ask(lan, "get", f"suppliers/{supplier}/gaps")
    say.ask(ANONYMOUS, "get", "search", {"q": "tien CNC", "top": "1"})
    say.names |= {supplier: of_matchmaking.SUPPLIER, requirement: of_matchmaking.REQUIREMENT}
    asked = {**of_matchmaking.EXAMPLES["ConnectionWriter"], "supplier": supplier, "requirement": requirement}
    connection = say.ask(sato, "post", "connections", asked)["id"]
    say.answers.pop("OpenedConnection")
    say.ask(lan, "post", f"connections/{connection}/accept", {})
    say.ask(sato, "get", f"connections/{connection}")
    say.ask(sato, "get", "connections")
    say.ask(sato, "get", f"connections/{connection}/history")
    talk_and_deliver(say, sato, lan, connection)
    say.ask(lan, "get", f"requirements/{requirement}/responsiveness")
    run = say.ask(sato, "post", "match-runs", {"requirement": requirement})["id"]
    say.ask(sato, "get", f"match-runs/{run}/results")
    say.ask(sato, "get", f"match-runs/{run}/second-opinion")
    say.ask(sato, "get", f"requirements/{requirement}/consortia")
    say.ask(sato, "post", f"requirements/{requirement}/weigh", of_matchmaking.EXAMPLES["WeighWriter"])
    say.ask(sato, "get", f"requirements/{requirement}/weighing")
    candidates = {**of_matchmaking.EXAMPLES["ShortlistWriter"], "requirement": requirement}
    shortlist = say.ask(sato, "post", "shortlists", candidates)["id"]
    finalist = {**of_matchmaking.EXAMPLES["EntryWriter"], "supplier": supplier}
    say.ask(sato, "post", f"shortlists/{shortlist}/entries", finalist)
    say.answers.pop("Shortlist")
    say.ask(sato, "get", f"shortlists/{shortlist}")
    say.ask(sato, "post", f"shortlists/{shortlist}/enquire", of_matchmaking.EXAMPLES["EnquiryWriter"])
    say.ask(sato, "get", f"shortlists/{shortlist}/answers")
    search = say.ask(sato, "post", "saved-searches", of_matchmaking.EXAMPLES["SavedSearchWriter"])["id"]
    say.ask(sato, "get", f"saved-searches/{search}/results")
    say.ask(sato, "post", "exports", of_matchmaking.EXAMPLES["ExportWriter"])
    say.answers.pop("Job")
    run_due_jobs()
    say.ask(sato, "get", "jobs")


def talk_and_deliver(say: Recorder, sato: Principal, lan: Principal, connection: str) -> None:
    say.ask(lan, "post", f"connections/{connection}/messages", of_matchmaking.EXAMPLES["MessageWriter"])
    drawn = {"text": "The drawing of the shaft.", "files": [upload(pdf(), "shaft-40cr.pdf")]}
    say.answers.pop("Message")
    say.ask(sato, "post", f"connections/{connection}/messages", drawn, format="multipart")
    say.ask(sato, "get", f"connections/{connection}/messages")
    say.ask(lan, "get", f"connections/{connection}/files")
    contract = {**of_matchmaking.EXAMPLES["AdvanceWriter"], "starts_on": f"{NOW:%Y-%m-%d}"}
    say.ask(sato, "post", f"connections/{connection}/advance", contract)
    deliveries = {**of_matchmaking.EXAMPLES["DeliveryReportWriter"], "month": f"{NOW:%Y-%m-%d}"}
    report = say.ask(lan, "post", f"connections/{connection}/delivery-reports", deliveries)["id"]
    say.answers.pop("DeliveryReport")
    say.ask(sato, "post", f"connections/{connection}/delivery-reports/{report}/confirm", {})
    say.ask(lan, "get", f"connections/{connection}/delivery-reports")
    say.ask(sato, "post", f"connections/{connection}/outcomes", of_matchmaking.EXAMPLES["OutcomeWriter"])
    say.ask(lan, "get", f"connections/{connection}/outcomes")


def manage_accounts(say: Recorder, lan: Principal, sato: Principal, officer: Principal) -> None:
    say.ask(lan, "get", "me")
    say.ask(lan, "get", "organisations")
    say.ask(lan, "get", "disclosures")
    hung = UserFactory.create(full_name="Lê Văn Hùng", email="hung@phutung.example")
    invited = say.ask(lan, "post", "invitations", OF_ACCOUNTS["InvitationWriter"])["id"]
    say.ask(lan, "get", "invitations")
    say.ask(Principal(user=hung), "post", f"invitations/{invited}/accept")
    say.ask(lan, "get", "memberships")
    member = Membership.objects.get(user=hung)
    say.ask(lan, "get", f"memberships/{member.public_id}")
    say.ask(lan, "post", "api-keys", OF_ACCOUNTS["ApiKeyWriter"])
    say.ask(lan, "get", "api-keys")
    say.ask(ANONYMOUS, "get", "consent-texts")
    text = say.answers["ConsentText"]
    text["text"] = text["text"].strip().partition("\n")[0] + " …"
    say.ask(lan, "post", "me/consents", OF_ACCOUNTS["ConsentWriter"])
    say.ask(lan, "post", "me/data-requests", {"kind": "rectification", "details": "My name is written Nguyễn Thị Lan."})
    imported = OrganisationFactory.create(
        legal_name="Công ty CP Nhựa Kỹ thuật Đông Anh", trade_name="Dong Anh Plastics"
    )
    say.ask(officer, "post", "suppliers", {"organisation": imported.public_id})
    person_alone = Principal(user=UserFactory.create(full_name="Vũ Thị Mai", email="mai@donganh.example"))
    claim = {"tax_code": imported.tax_code, "note": of_suppliers.EXAMPLES["ClaimWriter"]["note"]}
    assert say.ask(person_alone, "post", "claims", claim)["supplier"] == ""  # told when the agency has agreed
    assert sato.user is not None


def import_a_list(say: Recorder, officer: Principal) -> None:
    text = (
        "Tên công ty,MST,Địa chỉ,Công nghệ\nCông ty CP Đúc Sông Hồng,0100109106,Lô 7 KCN Phú Nghĩa Hà Nội,Đúc; Xoay\n"
    )
    values = {**of_suppliers.EXAMPLES["ImportUploadWriter"], "file": upload(text.encode(), "hoi-vien-2026.csv")}
    sent = say.ask(officer, "post", "imports", values, format="multipart")["id"]
    say.ask(officer, "post", f"imports/{sent}/preview", {})
    run_due_jobs()
    say.answers.pop("Import")
    say.ask(officer, "get", f"imports/{sent}")
    say.ask(officer, "get", f"imports/{sent}/rows")
    say.ask(officer, "get", f"imports/{sent}/words")


def add_a_webhook(say: Recorder, lan: Principal) -> None:
    endpoint = say.ask(lan, "post", "webhook-endpoints", OF_NOTIFICATIONS["WebhookEndpointWriter"])["id"]
    say.ask(lan, "get", f"webhook-endpoints/{endpoint}")
    delivery = say.ask(lan, "post", f"webhook-endpoints/{endpoint}/test", {})["id"]
    say.ask(lan, "get", f"deliveries/{delivery}")


def read_what_was_told(say: Recorder, lan: Principal, officer: Principal) -> None:
    fan_out_all()
    say.ask(lan, "get", "notifications")
    say.ask(lan, "get", "notifications/unread")
    say.ask(lan, "get", "notification-preferences")
    Delivery.objects.filter(recipient=lan.user, channel="email", event__topic="connection.requested").update(
        state="dead", attempts=1, last_error="550 No such mailbox"
    )
    say.ask(officer, "get", "dead-letters")
    preferences = say.answers["NotificationPreferences"]
    preferences["topics"] = preferences["topics"][:2]


def read_the_programme(say: Recorder, officer: Principal) -> None:
    """The first lines of each list."""
    say.ask(officer, "get", "programme/figures")
    figures = say.answers["ProgrammeFigures"]
    for name in ("by_sector", "by_process_group", "by_province", "expiring", "unmet"):
        figures[name] = figures[name][:1]

    say.ask(officer, "post", "upgrade-scenarios", of_matchmaking.EXAMPLES["UpgradeScenarioWriter"])
    made = say.ask(officer, "post", "programme-reports", {"quarter": "2026-Q4"})["id"]
    say.ask(officer, "get", f"programme-reports/{made}")
    say.ask(officer, "get", f"programme-reports/{made}/figures")
    sealed = say.answers["ProgrammeReportFigures"]
    for name in ("by_sector", "by_process_group", "by_province", "expiring", "unmet"):
        sealed[name] = sealed[name][:1]


def read_the_taxonomy(say: Recorder) -> None:
    """Entries that people know, in place of the first of each list."""
    for name, path in (
        ("Process", "processes/MACH.CNC_TURN"),
        ("Material", "materials/STEEL.SUS304"),
        ("Standard", "standards/ISO9001"),
        ("Province", "provinces/2025:01"),
        ("Sector", "sectors/components"),
    ):
        say.answers.pop(name, None)
        say.ask(ANONYMOUS, "get", f"taxonomy/{path}")
    for name, paths in (("Park", "parks"), ("Corridor", "corridors"), ("Industry", "industries")):
        assert name in say.answers, paths
