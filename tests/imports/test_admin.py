"""An officer imports a list in the admin: plain pages and forms, each act that of the API."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.principals import Principal
from jobs.models import Job
from jobs.running import run_due_jobs
from suppliers.imports import lists
from suppliers.models import Import, Listing, Supplier
from taxonomy.models import Source, Term
from tests.factories.accounts import OrganisationFactory, member, tax_code
from tests.factories.imports import ImportFactory, ImportRowFactory
from tests.factories.suppliers import SupplierFactory
from tests.fixtures.files import upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary", "reports_within")]

IMPORTS = "/admin/suppliers/import"
TEXT = f"Tên,MST,Công nghệ\nCơ khí An,{tax_code(501)},Tiện CNC; Zauberei\nBad,12,\n"
IN_LAOS = "Name,Address,Country,Process\nHoang Long Mechanical Co.,Lot 12 Vita Park,LA,CNC turning\n"
USE = {"source": "Members", "country": "VN", "observed_on": ""}


def browser_of(principal: Principal, language: str = "en") -> Client:
    assert principal.user is not None
    browser = Client(headers={"accept-language": language})
    browser.force_login(principal.user)
    return browser


@pytest.fixture
def browser(officer: Principal) -> Client:
    return browser_of(officer)


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def uploaded(browser: Client, text: str = TEXT) -> str:
    sent = browser.post(f"{IMPORTS}/add/", {"file": upload(text.encode(), "firms.csv")})
    assert sent.status_code == 302, said(sent)
    return str(sent["Location"]).removesuffix("columns/")


def mapped(browser: Client, text: str = TEXT, **columns: str) -> str:
    url = uploaded(browser, text)
    form = browser.get(f"{url}columns/").context["form"]
    sent = {f"column_{place}": form[f"column_{place}"].value() for place in range(len(form.of.headings))}
    assert browser.post(f"{url}columns/", {**USE, **sent, **columns}).status_code == 302
    run_due_jobs()
    return url


def confirmed(browser: Client, url: str) -> Any:
    """What comes of the button below the preview."""
    version = browser.get(f"{url}change/").context["row"].version
    return browser.post(f"{url}confirm/", {"version": version})


def page(browser: Client, url: str) -> str:
    answer = browser.get(url, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_list_is_imported_page_by_page(browser: Client) -> None:
    url = mapped(browser)

    preview = page(browser, f"{url}change/")
    assert "What would become of each row" in preview
    assert "“12”" in preview
    assert not Supplier.objects.exists()
    assert confirmed(browser, url).status_code == 302
    at_work = page(browser, f"{url}change/")
    assert 'http-equiv="refresh"' in at_work
    run_due_jobs()

    done = page(browser, f"{url}change/")
    assert "What became of each row" in done
    assert Supplier.objects.get().public_id in done
    assert "attachment" in browser.get(f"{url}result/")["Content-Disposition"]


def test_firms_without_a_tax_code_are_told_to_stay_drafts(browser: Client) -> None:
    url = mapped(browser, "Tên,Địa chỉ\nCơ khí An,Lô 5 Hà Nội\nĐúc Bình,Lô 3 Hải Dương\n")

    preview = page(browser, f"{url}change/")

    assert "2 new firms have no tax code. They are kept as drafts" in preview
    assert preview.count("stays a draft: a tax code is missing") == 2
    confirmed(browser, url)
    run_due_jobs()
    assert "2 new firms have no tax code" in page(browser, f"{url}change/")
    assert Supplier.objects.filter(state="draft").count() == 2


def test_a_list_with_nothing_to_write_says_so(browser: Client) -> None:
    skipped = mapped(browser, "Tên,MST\nBad,12\n")
    preview = page(browser, f"{skipped}change/")
    assert "There is nothing to import: every row is skipped." in preview
    assert f"{skipped}confirm/" not in preview
    assert "There is nothing to import" in said(confirmed(browser, skipped))[-1]
    assert Import.objects.get().state == "previewed"

    for told in (False, True):
        url = mapped(browser)
        confirmed(browser, url)
        run_due_jobs()
        done = page(browser, f"{url}change/")
        assert ("Nothing was written: what the list says is stored already, or was skipped." in done) == told


def test_a_change_is_told_by_the_label_of_its_field(browser: Client) -> None:
    for line in ("Cơ khí An", "Cơ khí An Mới"):
        url = mapped(browser, f"Tên,MST\n{line},{tax_code(501)}\n")
        confirmed(browser, url)
        run_due_jobs()

    done = page(browser, f"{url}change/")
    assert "Legal name: <del>Cơ khí An</del> → <ins>Cơ khí An Mới</ins>" in done


NEW_WORK = """Tên,MST,Công nghệ,Vật liệu,Chứng chỉ
Cơ khí An,{tax},Tiện CNC; Phay CNC 3 trục,S45C,ISO 9001
Cơ khí Bình,{other},CNC,,
"""


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("CNC turning (MACH.CNC_TURN)", "CNC milling (3-axis) (MACH.CNC_MILL3)")),
        ("vi", ("Tiện CNC (MACH.CNC_TURN)", "Phay CNC 3 trục (MACH.CNC_MILL3)")),
    ],
)
def test_what_a_firm_newly_does_and_what_a_word_could_mean_are_told_by_name(
    officer: Principal, language: str, told: tuple[str, str]
) -> None:
    browser = browser_of(officer, language)
    first = mapped(browser, f"Tên,MST,Công nghệ\nCơ khí An,{tax_code(501)},Tiện CNC\n")
    confirmed(browser, first)
    run_due_jobs()

    url = mapped(browser, NEW_WORK.format(tax=tax_code(501), other=tax_code(502)))

    changed = [
        (change.label, change.after)
        for line in browser.get(f"{url}change/").context["lines"]
        for change in line.changes
    ]
    assert [changed[0][1].startswith(f"{told[0]}: "), changed[1][1]] == [True, told[1]]
    assert changed[0][1].endswith("(STEEL.S45C)")
    assert changed[-1][1].endswith("(ISO9001)")
    assert f'value="MACH.CNC_TURN"> {told[0]}</label>' in page(browser, f"{url}words/")


@pytest.mark.parametrize("version", ["1", "9" * 5000, "two", ""])
def test_what_was_changed_meanwhile_is_not_confirmed_unseen(browser: Client, version: str) -> None:
    url = mapped(browser)

    refused = browser.post(f"{url}confirm/", {"version": version})

    assert "Someone changed this in the meantime" in said(refused)[-1]
    assert Import.objects.get().state == "previewed"


def test_the_preview_is_chosen_by_result_and_paged(browser: Client) -> None:
    row = ImportFactory.create(previewed=True, count={"created": 60, "skipped": 1})
    for number in range(60):
        ImportRowFactory.create(of=row, number=number + 2, name=f"Firm {number:02d}")
    ImportRowFactory.create(of=row, number=99, name="Bad one", result="skipped")
    url = f"{IMPORTS}/{row.pk}/change/"

    assert ("Firm 00" in page(browser, url), "Firm 59" in page(browser, url)) == (True, False)
    assert "Firm 59" in page(browser, f"{url}?p=2")
    only = page(browser, f"{url}?result=skipped")
    assert ("Bad one" in only, "Firm 00" in only) == (True, False)
    assert "Firm 00" in page(browser, f"{url}?result=rubbish&p=rubbish")


def test_the_columns_are_corrected_and_faults_in_them_are_told(browser: Client) -> None:
    url = uploaded(browser)

    wrong = browser.post(f"{url}columns/", {**USE, "column_0": "-", "column_1": "tax_code", "column_2": "-"})

    assert wrong.status_code == 200
    assert said(wrong) == ["No column holds the firm's name."]
    assert Import.objects.get().columns["Công nghệ"] == "processes"


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "firms.csv", "The file is empty."),
        (b"Name\n", "firms.csv", "The file has a header but no rows below it."),
        ("Name\nMécanique\n".encode("latin-1"), "firms.csv", "save it as “CSV UTF-8”"),
        (b"Name,Tax\nA,1\n", "firms.xlsx", "do not agree"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "firms.csv", "The file is no csv, whatever its name says"),
        (b"%PDF-1.7", "firms.pdf", "only .csv, .xlsx"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_the_reason(
    browser: Client, content: bytes, name: str, message: str
) -> None:
    refused = browser.post(f"{IMPORTS}/add/", {"file": upload(content, name)})

    assert refused.status_code == 200
    assert message in said(refused)[-1]
    assert not Import.objects.exists()


def test_likely_duplicates_are_shown_side_by_side_decided_and_taken_back(browser: Client, officer: Principal) -> None:
    firm = OrganisationFactory.create(
        legal_name="Công ty TNHH Cơ khí Hoàng Long", address="Lô 12 Vita Park", country="LA", tax_code=""
    )
    known = SupplierFactory.create(organisation=firm)
    url = mapped(browser, IN_LAOS)

    shown = page(browser, f"{url}duplicates/")
    assert "Công ty TNHH Cơ khí Hoàng Long" in shown
    assert "Hoang Long Mechanical Co." in shown
    assert browser.post(f"{url}duplicates/", {"row_2": known.public_id}).status_code == 302
    assert Import.objects.get().decided == {"2": known.public_id}
    assert "preview the list again" in page(browser, f"{url}change/")
    assert browser.post(f"{url}duplicates/", {"row_2": ""}).status_code == 302
    assert Import.objects.get().decided == {}
    browser.post(f"{url}duplicates/", {"row_2": known.public_id})
    browser.post(f"{url}preview/")
    run_due_jobs()
    confirmed(browser, url)
    run_due_jobs()

    listing = Listing.objects.get()
    assert listing.supplier == known
    assert listing.source == "Members"
    assert browser.post(f"/admin/suppliers/listing/{listing.pk}/forget/").status_code == 302
    assert not Listing.objects.exists()
    again = mapped(browser, IN_LAOS)
    assert Import.objects.latest("pk").rows.likely_known().count() == 1, page(browser, f"{again}change/")


def test_a_row_with_more_digits_than_python_reads_decides_nothing(browser: Client) -> None:
    url, sent = mapped(browser), f"row_{'9' * 5_000}=new"

    answer = browser.post(f"{url}duplicates/", sent, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 302
    assert Import.objects.get().decided == {}


def test_one_word_is_taught_for_all_rows(browser: Client) -> None:
    url = mapped(browser)
    assert "Zauberei" in page(browser, f"{url}words/")

    browser.post(f"{url}words/", {"word_0": "process:Zauberei", "other_0": "MACH.SGRIND"})
    assert Term.objects.get(source=Source.TAUGHT).text == "Zauberei"
    refused = browser.post(f"{url}words/", {"word_0": "process:Zauberei", "other_0": "NOTHING"})
    assert said(refused)[-1] == "There is nothing with the code “NOTHING”."
    browser.post(f"{url}preview/")
    run_due_jobs()

    assert "Every word was understood." in page(browser, f"{url}words/")


def test_an_import_is_cancelled_and_a_list_thrown_away(browser: Client) -> None:
    url = mapped(browser)
    confirmed(browser, url)

    browser.post(f"{url}cancel/")
    assert Import.objects.get().state == "previewed"
    assert Job.objects.latest("pk").outcome == "cancelled"
    assert browser.get(f"{url}remove/").status_code == 200
    browser.post(f"{url}remove/")

    assert not Import.objects.exists()
    assert browser.get(f"{url}change/").status_code == 404


def test_who_only_reads_sees_the_pages_and_changes_nothing(officer: Principal) -> None:
    row = lists.upload_list(file=upload(TEXT.encode(), "firms.csv"), by=officer)
    viewer = browser_of(member("agency", role="viewer", organisation=officer.organisation))

    assert viewer.get(f"{IMPORTS}/").status_code == 200
    assert viewer.get(f"{IMPORTS}/add/").status_code == 403
    for name in ("columns", "duplicates", "words"):
        assert viewer.get(f"{IMPORTS}/{row.pk}/{name}/").status_code == 200
    for name in ("preview", "confirm"):
        assert said(viewer.post(f"{IMPORTS}/{row.pk}/{name}/"))
    row.refresh_from_db()
    assert (row.state, Job.objects.count()) == ("uploaded", 0)


def test_the_pages_speak_vietnamese(officer: Principal) -> None:
    browser = browser_of(officer, "vi")
    url = mapped(browser)

    assert "Dòng" in page(browser, f"{url}change/")


def test_the_list_of_imports_costs_the_same_however_long_it_is(browser: Client) -> None:
    counts = []
    for more in (10, 190):
        ImportFactory.create_batch(more)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"{IMPORTS}/").status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
