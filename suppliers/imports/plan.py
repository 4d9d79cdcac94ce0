"""From a row of text to the facts of a firm. Reads the vocabulary, touches nothing else."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.names import name_key
from accounts.phones import e164
from accounts.tax_codes import HOME, normalised
from config.errors import InvalidFactError
from config.phrases import Phrase
from config.text import fold
from suppliers.duplicates.judging import Entry
from suppliers.imports import cells
from suppliers.imports.reading import Row
from suppliers.imports.report import LeftOut, Problem
from suppliers.limits import BOUNDS
from taxonomy.addresses import Place, find_province
from taxonomy.models import Kind
from taxonomy.resolver import Outcome, Resolution, resolve
from taxonomy.vocabulary import Vocabulary

Parse = Callable[[str], Any]
_NINE_DIGITS = re.compile(r"[0-9]{9}")

MUST_BE_RIGHT: dict[str, Parse] = {
    "legal_name": lambda text: cells.short(text, most=250),
    "trade_name": lambda text: cells.short(text, most=250),
    "source_ref": lambda text: cells.short(text, most=200),
    "address": lambda text: cells.short(text, most=500),
    "country": cells.country,
    "latitude": lambda text: cells.number(text, *BOUNDS["latitude"]),
    "longitude": lambda text: cells.number(text, *BOUNDS["longitude"]),
    "founded_year": cells.founded,
    "employees_total": lambda text: cells.whole(text, *BOUNDS["employees_total"]),
    "export_share_pct": lambda text: cells.number(text, *BOUNDS["export_share_pct"]),
    "contact_name": lambda text: cells.short(text, most=150),
    "description_vi": lambda text: cells.short(text, most=5000),
    "description_en": lambda text: cells.short(text, most=5000),
}
"""Fields whose faults make a row unusable: a wrong figure is worse than none."""

MAY_BE_LEFT_OUT: dict[str, Parse] = {
    "website": cells.website,
    "contact_email": cells.email,
    "contact_phone": lambda text: e164(text, pointer=""),
    "ownership": cells.ownership,
}
"""Fields whose faults cost only themselves."""

TERMS = {"processes": Kind.PROCESS, "materials": Kind.MATERIAL, "certificates": Kind.STANDARD}
NONE_AT_ALL = ("none", "no", "khong", "khong co", "chua co")
"""Words in the certificate column that state that there is none, which an empty cell does not."""
ORGANISATION = ("legal_name", "trade_name", "address", "website", "contact_name", "contact_email", "contact_phone")
SUPPLIER = ("founded_year", "employees_total", "ownership", "export_share_pct", "description_vi", "description_en")
LIKENESS = ("legal_name", "trade_name", "country", "address", "tax_code", "contact_phone")
"""What of an organisation tells whether it is likely another."""


def entry_of(legal_name: str, trade_name: str, country: str, address: str, tax_code: str, phone: str) -> Entry:
    """What `LIKENESS` says."""
    names = tuple(name for name in (legal_name, trade_name) if name)
    return Entry(names, country=country, address=address, tax_code=tax_code, phone=phone)


@dataclass
class PlannedFirm:
    """What one row says of one firm. With problems in it, the row is not used.

    `headings` are those of the list, by the field that their column fills; `said` is the row's text by field.
    """

    number: int
    headings: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=dict)
    says_no_certificates: bool = False
    place: Place | None = None
    problems: list[Problem] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.values.get("legal_name", ""))

    @property
    def country(self) -> str:
        return str(self.values["country"])

    @property
    def tax_code(self) -> str:
        return str(self.values.get("tax_code", ""))

    @property
    def source_ref(self) -> str:
        """The firm's key in its list: the list's own, else its tax code, else its name and address."""
        return str(self.values.get("source_ref") or self.tax_code or self.spelling)[:200]

    @property
    def spelling(self) -> str:
        """Its name and address: its key in a list that tells neither key nor tax code."""
        return f"{name_key(self.name)} | {self.values.get('address', '')}"[:200]

    @cached_property
    def entry(self) -> Entry:
        """What it says of itself, to be compared with other firms."""
        return entry_of(*(str(self.values.get(name, "")) for name in LIKENESS))

    @property
    def lacks_tax_code(self) -> bool:
        """It can be stored, but not published."""
        return self.country == HOME and not self.tax_code

    def heading(self, name: str) -> str:
        """The list's own heading of a field; empty where no column fills it."""
        return self.headings.get(name, "")

    def part(self, fields: tuple[str, ...]) -> dict[str, Any]:
        """The values of these fields, as far as the row has them."""
        return {name: self.values[name] for name in fields if name in self.values}


def plan_rows(
    rows: tuple[Row, ...], columns: Mapping[str, str], *, country: str, vocabulary: Vocabulary
) -> Iterator[PlannedFirm]:
    """One plan for each row, in order. A firm that occurs twice is used once: the later row gets a problem.

    Args:
        columns: heading to field, of `map_columns`.
        country: ISO 3166-1 alpha-2 of rows that do not say.
    """
    seen: dict[tuple[str, str], int] = {}
    meanings = _Meanings(vocabulary)
    for row in rows:
        firm = _Planning(row, columns, country=country, meanings=meanings).carry_out()
        if not firm.problems:
            keys = {(firm.country, firm.tax_code), ("", firm.source_ref)} - {(firm.country, "")}
            first = min(seen.setdefault(key, row.number) for key in keys)
            if first != row.number:
                firm.problems.append(Problem.of("", "repeated", Phrase("the same firm as in row %(row)s", row=first)))
        yield firm


class _Meanings:
    """What the words of a list mean. The same ones come in many rows, so each is looked up once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._terms: dict[tuple[Kind, str], Resolution] = {}
        self._places: dict[str, Place | None] = {}

    def term(self, kind: Kind, text: str) -> Resolution:
        if (kind, text) not in self._terms:
            self._terms[kind, text] = resolve(kind, text, vocabulary=self.vocabulary)
        return self._terms[kind, text]

    def place(self, text: str) -> Place | None:
        if text not in self._places:
            self._places[text] = find_province(text, vocabulary=self.vocabulary)
        return self._places[text]


class _Planning:
    """The planning of one row."""

    def __init__(self, row: Row, columns: Mapping[str, str], *, country: str, meanings: _Meanings) -> None:
        headings = {name: heading for heading, name in columns.items()}
        self.texts = {name: row.cells.get(heading, "") for name, heading in headings.items()}
        self.meanings = meanings
        self.firm = PlannedFirm(row.number, headings, said=self.texts, values={"country": country})

    def carry_out(self) -> PlannedFirm:
        self._values()
        self._tax_code()
        self._coordinates()
        self._place()
        for name, kind in TERMS.items():
            if name == "certificates" and fold(self.texts.get(name, "")) in NONE_AT_ALL:
                self.firm.says_no_certificates = True
            else:
                self._terms(name, kind)
        self._languages()
        return self.firm

    def _values(self) -> None:
        for name, parse in {**MUST_BE_RIGHT, **MAY_BE_LEFT_OUT}.items():
            if text := self.texts.get(name):
                self._value(name, text, parse)
        if not self.texts["legal_name"]:
            self._problem("legal_name", "required", _("the name is missing"))
        elif len(self.texts) > 1 and not any(text for name, text in self.texts.items() if name != "legal_name"):
            detail = _("nothing but a name: the heading of a group, or a sum, is no firm")
            self._problem("legal_name", "only_a_name", detail)

    def _value(self, name: str, text: str, parse: Parse) -> None:
        try:
            value = parse(text)
        except InvalidFactError as error:
            if name in MUST_BE_RIGHT:
                self._problem(name, "invalid", error.detail, said=text)
                return
            value = None
        if value is None:
            self._leave_out(name, text, "invalid")
        else:
            self.firm.values[name] = value

    def _tax_code(self) -> None:
        text = self.texts.get("tax_code", "")
        if not text:
            return
        try:
            self.firm.values["tax_code"] = self._normalised(text)
        except InvalidFactError as error:
            self._problem("tax_code", error.code, error.detail, said=text)

    def _normalised(self, text: str) -> str:
        """As `normalised`; a leading zero that a spreadsheet dropped is put back where the check digit proves it."""
        bare = text.lstrip("'")
        if self.firm.country == HOME and _NINE_DIGITS.fullmatch(bare):
            restored = normalised(f"0{bare}", country=HOME)
            self._leave_out("tax_code", text, "corrected", (restored,))
            return restored
        return normalised(bare, country=self.firm.country)

    def _coordinates(self) -> None:
        both = {"latitude", "longitude"}
        if len(both & self.firm.values.keys()) == 1 and not self.firm.problems:
            missing = (both - self.firm.values.keys()).pop()
            self._problem(missing, "required", _("latitude and longitude go together"))

    def _place(self) -> None:
        """The province of a Vietnamese firm: from its own column, else from the address, if that leaves no doubt."""
        if self.firm.country != HOME:
            return
        written = self.texts.get("province", "")
        self.firm.place = self.meanings.place(written or self.texts.get("address", ""))
        if written and self.firm.place is None:
            self._leave_out("province", written, Outcome.UNKNOWN)

    def _terms(self, name: str, kind: Kind) -> None:
        found: list[str] = []
        for text in cells.items(self.texts.get(name, "")):
            meant = self.meanings.term(kind, text)
            if meant.code is None:
                self._leave_out(name, text, meant.outcome, meant.candidates)
            elif meant.code not in found:
                found.append(meant.code)
        if name in self.texts:
            self.firm.codes[name] = found

    def _languages(self) -> None:
        spoken: list[str] = []
        for text in cells.items(self.texts.get("languages", "")):
            code = cells.language(text)
            if code is None:
                self._leave_out("languages", text, Outcome.UNKNOWN)
            elif code not in spoken:
                spoken.append(code)
        if spoken:
            self.firm.values["languages"] = spoken

    def _problem(self, name: str, code: str, detail: str | Promise, *, said: str = "") -> None:
        self.firm.problems.append(Problem.of(self.firm.heading(name), code, detail, said=said))

    def _leave_out(self, name: str, text: str, outcome: str, could_be: tuple[str, ...] = ()) -> None:
        self.firm.left_out.append(LeftOut(self.firm.heading(name), text[:200], str(outcome), could_be))
