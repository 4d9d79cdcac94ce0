"""What log lines, answers and error reports say, and what never stands in them."""

import json
import logging
import sys
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
import structlog
from django.conf import settings as django_settings
from django.test import Client, RequestFactory
from django.views.debug import ExceptionReporter
from pytest_django.fixtures import Settings

from accounts.services import issue_api_key
from config.log_lines import LineFormatter
from config.redaction import HIDDEN, masked
from tests.factories.accounts import member
from tests.stack.processes import finished

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("parameter", ["api_key", "token", "q", "cursor", "anything"])
@pytest.mark.parametrize("with_header", [True, False])
def test_a_key_in_a_url_is_refused_and_appears_nowhere(log_lines: StringIO, parameter: str, with_header: bool) -> None:
    _row, key = issue_api_key(name="ERP", scopes=["read"], by=member())
    headers = {"accept-language": "en", **({"authorization": f"Bearer {key}"} if with_header else {})}

    refused = Client().get("/api/v1/organisations", {parameter: key}, headers=headers)

    assert (refused.status_code, refused.json()["code"]) == (401, "credential_in_url")
    assert "Authorization: Bearer <key>" in refused.json()["detail"]
    secret = key.partition(".")[2]
    assert secret not in refused.content.decode() + str(refused.headers)
    assert "/api/v1/organisations?" in log_lines.getvalue()
    assert secret not in log_lines.getvalue()


def test_a_line_tells_who_asked_from_where_under_which_id(log_lines: StringIO) -> None:
    row, key = issue_api_key(name="ERP", scopes=["read"], by=member())

    headers = {"authorization": f"Bearer {key}", "x-request-id": "req-7", "user-agent": "erp/3"}

    Client().get("/api/v1/me", headers=headers)

    (finished,) = (
        line for text in log_lines.getvalue().splitlines() if (line := json.loads(text))["event"].startswith("request_")
    )
    assert (finished["event"], finished["user_agent"]) == ("request_finished", "erp/3")
    assert (finished["request"], finished["code"], finished["level"]) == ("GET /api/v1/me", 403, "warning")
    assert (finished["ip"], finished["request_id"]) == ("127.0.0.1", "req-7")
    assert (finished["api_key"], finished["organisation"]) == (row.public_id, row.organisation.public_id)
    assert datetime.fromisoformat(finished["timestamp"]).tzinfo == UTC


def test_the_database_s_log_holds_no_values() -> None:
    """A server of its own, as `make demo` starts it, so that its log can be read."""
    fail = """
import os, psycopg2
connection = psycopg2.connect(os.environ["DATABASE_URL"])
connection.autocommit = True
cursor = connection.cursor()
cursor.execute("CREATE TABLE person (email text UNIQUE, age int CHECK (age > 0))")
for statement, values in (
    ("INSERT INTO person VALUES (%s, 1)", ["lan@firm.example"]),
    ("INSERT INTO person VALUES (%s, 1)", ["lan@firm.example"]),
    ("INSERT INTO person VALUES (%s, 0)", ["minh@firm.example"]),
    ("SELECT * FROM nowhere WHERE email = %s", ["hoa@firm.example"]),
):
    try:
        cursor.execute(statement, values)
    except psycopg2.Error:
        pass
connection.close()
folder = os.environ["DATABASE_URL"].partition("?host=")[2]
print(open(os.path.join(os.path.dirname(folder), "postgres.log")).read())
"""

    code, log = finished("-m", "config.devstack", "run", "--test", "--", sys.executable, "-c", fail)

    assert code == 0
    assert 'violates unique constraint "person_email_key"' in log
    assert "violates check constraint" in log
    assert 'relation "nowhere" does not exist' in log
    for hidden in ("@firm", "INSERT", "STATEMENT", "DETAIL", "Key (email)", "Failing row"):
        assert hidden not in log


def test_secrets_and_personal_data_do_not_reach_a_line(log_lines: StringIO) -> None:
    secret = "mk_12345678." + "s" * 43
    log = structlog.get_logger("probe")
    try:
        raise ValueError(f"redis://:hidden-password@broker {secret}")
    except ValueError:
        log.exception("failed", password="hidden-word", token="hidden-token", nested={"email": "lan@firm.example"})
    logging.getLogger("probe").warning(
        "mail to %s, call %s, Bearer %s", "lan@firm.example", "+84901234567", "abcdefghij"
    )
    log.info("first\nsecond", object=object)

    written = log_lines.getvalue()
    for hidden in ("s" * 43, "hidden", "lan@", "901234567", "abcdefghij"):
        assert hidden not in written.replace("[hidden]", "")
    assert "mk_12345678.[hidden]" in written
    assert len(written.splitlines()) == 3  # a line break within stays within its line


def test_a_crash_tells_nothing_of_itself(log_lines: StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_arguments: Any, **_named: Any) -> Any:
        raise RuntimeError("inner detail mk_12345678." + "s" * 43)

    monkeypatch.setattr("accounts.api.v1.views.OrganisationViewSet.get_queryset", crash)
    _row, key = issue_api_key(name="ERP", scopes=["read"], by=member())
    answer = Client(raise_request_exception=False).get(
        "/api/v1/organisations", headers={"authorization": f"Bearer {key}"}
    )

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "inner detail" not in answer.content.decode()
    assert "inner detail" in log_lines.getvalue()
    assert "s" * 43 not in log_lines.getvalue()
    assert key.partition(".")[2] not in log_lines.getvalue() + answer.content.decode()


@pytest.mark.parametrize("debug", [True, False])
def test_error_reports_show_no_key(settings: Settings, debug: bool) -> None:
    settings.DEBUG = debug
    key = "mk_12345678." + "s" * 43
    request = RequestFactory(headers={"authorization": f"Bearer {key}"}).get("/api/v1/me")
    header = f"Bearer {key}"
    try:
        raise ValueError(len(header))
    except ValueError as error:
        reporter = ExceptionReporter(request, type(error), error, error.__traceback__)
        report = reporter.get_traceback_html() + reporter.get_traceback_text()

    assert "s" * 43 not in report
    assert django_settings.SECRET_KEY not in report


def test_a_megabyte_of_one_word_is_looked_through_in_one_go() -> None:
    """A pattern that began at every letter would take a quarter of an hour."""
    words = {
        word: word * (1_000_000 // len(word)) for word in ("x", "a@", "a.", "x://", "+1", "a@a.", "token", "password\\")
    }

    assert {word: masked(text) for word, text in words.items()} == words


@pytest.mark.parametrize(
    "text", ["PASSWORD=pigeon", "pa\u017f\u017fword=pigeon", "SESS\u0130ONID=pigeon", "Be\u0061rer pigeons-fly"]
)
def test_a_secret_is_masked_however_its_mark_is_written(text: str) -> None:
    assert HIDDEN in masked(text)
    assert "pigeon" not in masked(text)


@pytest.mark.parametrize(
    "said",
    [
        {"password": ["pigeon"]},
        {"nested": {"token": {"value": "pigeon"}, "Authorization": b"pigeon"}},
        {"told": '{"password": "pigeon house", "name": "Lan"}'},
        {"told": r'"{\"password\": \"pigeon\"}"'},
        {"error": ValueError({"password": "pigeon"})},
        {"error": ValueError({"session_token": [b"pigeon"]})},
        {"url": "https://files.example/x?access_token=pigeon&page=2"},
        {"url": "/api/v1/suppliers?q=mk_12345678%2Epigeon" + "s" * 40},
        {"counts": {"pigeon@firm.example": 1}},
        {"counts": {b"pigeon@firm.example": 1}},
    ],
    ids=str,
)
def test_a_secret_is_hidden_in_whatever_it_is_packed(said: dict[str, Any], log_lines: StringIO) -> None:
    structlog.get_logger("probe").info("told", **said)

    assert "pigeon" not in log_lines.getvalue()
    assert json.loads(log_lines.getvalue())["event"] == "told"


def test_what_stands_beside_a_secret_is_told(log_lines: StringIO) -> None:
    structlog.get_logger("probe").info(
        "Forbidden (CSRF token: missing)", tokens=3, has_password=False, email=None, of='{"password": "x", "page": 2}'
    )

    told = json.loads(log_lines.getvalue())
    assert told["event"] == "Forbidden (CSRF token: missing)"
    assert (told["tokens"], told["has_password"], told["email"]) == (3, False, None)
    assert told["of"] == f'{{"password": {HIDDEN}, "page": 2}}'


def test_lines_are_those_that_structlog_s_own_formatter_makes() -> None:
    settings = django_settings.LOGGING["formatters"]["json"]
    chains = {name: settings[name] for name in ("processors", "foreign_pre_chain")}
    both = [kind(**chains) for kind in (structlog.stdlib.ProcessorFormatter, LineFormatter)]
    lines: list[list[str]] = [[], []]

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            for kept, formatter in zip(lines, both, strict=True):
                kept.append(formatter.format(record))

    logger = logging.getLogger("tests.lines")
    logger.addHandler(keeping := Keeping())
    logger.propagate = False
    try:
        structlog.get_logger("tests.lines").info("told", token="pigeon", of="Bearer pigeons-fly", number=3)
        try:
            raise ValueError("mk_12345678." + "a" * 43)
        except ValueError:
            structlog.get_logger("tests.lines").exception("failed")
    finally:
        logger.removeHandler(keeping)

    assert lines[0] == lines[1]
    assert [json.loads(line)["event"] for line in lines[1]] == ["told", "failed"]
    assert "pigeon" not in "".join(lines[1])
