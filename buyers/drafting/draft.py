"""A draft requirement from a text: what is stated and where, what is to be asked, what was not understood."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from buyers.drafting.figures import ASSUMED, STATED, Figure, figures
from buyers.drafting.model import Draft, Reading
from buyers.drafting.patterns import either
from buyers.drafting.places import find_place
from buyers.drafting.words import NOT_TELLING
from config.text import fold
from taxonomy.models import Kind
from taxonomy.resolver import Outcome
from taxonomy.spotting import Spotted, is_denied, spot
from taxonomy.text import has_accents, mark
from taxonomy.vocabulary import Vocabulary, current_vocabulary

OF_OPERATION = ("tolerance_mm", "roughness_um", "part_size_mm", "part_mass_kg")
OF_REQUIREMENT = ("moq", "lead_time_days", "near_km")
LONGEST_TITLE = 120
MACHINING = "MACH"
LIKELY = 0.5
"""Confidence in "gia công" as machining, where a size or a tolerance stands beside it."""

_WORD = re.compile(r"[^\W_]+")
_CLAUSE = re.compile(r"[,;.\n]")
_PREFERRED = re.compile(
    either("ưu tiên, là lợi thế, càng tốt, nếu có, prefer, nice to have, a plus, advantage, desirable, ideally"),
    re.IGNORECASE,
)
_NDA = re.compile(r"\bNDA\b|bảo mật|non[- ]disclosure|confidential", re.IGNORECASE)
_OF_THE_MAIL = re.compile(r"e-?mail|message|thư này|thư điện tử", re.IGNORECASE)
"""What stands under a mail says that the mail is confidential, not the work."""
_NOT_NEEDED = re.compile(
    r"\s*(?:[-–:(]|is|are|thì|là)?\s*"
    r"(?:not\s+(?:required|needed|necessary|mandatory)|không\s+(?:bắt\s+buộc|yêu\s+cầu|cần|phải))",
    re.IGNORECASE,
)
_NO_TERM = re.compile(
    r"\b(?:chúng|bên|của)\s+tôi\b|\btôi\s+(?:cần|muốn|đang|xin|là|tìm|sẽ|có|rất|mong|phải|đã)\b|\blead[- ]?times?\b",
    re.IGNORECASE,
)
"""Who writes, not hardening; and time, not the metal."""
_ENGLISH_WORK = re.compile(
    r".*(?:ings?|ation|ment|tion|sion|edm|smt|cnc|assembly|coat|pvd|work|cut|cast|bent|ground|drawn|spun|\w(?:ed|en))"
)
_VIETNAMESE_WORK = re.compile(
    either(
        "gia cong, che tao, san xuat, tien, phay, bao, khoan, ta ro, doa, mai, cat, dot, dap, chan, gap, uon, han, duc",
        "ep, dun, thoi, ren, can, keo, ma, son, phun, nhuom, anod, in, khac, lap, nhiet luyen, toi, ram, tham, u, dan",
        "danh bong, det, may, say, xu ly, thiet ke, kiem tra, tan, hut, chuot, miet, phu, xung, be, bo day",
    )
    + r"\b.*"
)
"""Words for work that is done, not for things: a die may be what is machined, not what is asked to be made."""


def draft_from(text: str, *, vocabulary: Vocabulary | None = None) -> Draft:
    """Read a purchaser's text.

    Args:
        text: Vietnamese or English, at most `taxonomy.spotting.LONGEST_TEXT` characters.
    """
    return _Drafting(unicodedata.normalize("NFC", text), vocabulary or current_vocabulary()).carry_out()


class _Drafting:
    """The reading of one text."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.draft = Draft(text)
        self.text = text
        self.vocabulary = vocabulary
        self.figures = figures(text)
        self.place = find_place(text, vocabulary=vocabulary)
        self.spotted = [term for term in spot(text, vocabulary=vocabulary) if not self._is_read(term)]
        self.operations: list[dict[str, Any]] = []
        self.starts: list[int] = []

    def carry_out(self) -> Draft:
        self._processes()
        self._materials()
        self._standards()
        self._figures()
        self._place()
        self._rest()
        if self.operations:
            self.draft.requirement["operations"] = self.operations
        self.draft.readings = sorted(map(self._as_taken, self.draft.readings), key=lambda reading: reading.start)
        self.draft.not_understood = list(self._not_understood())
        return self.draft

    def _is_read(self, term: Spotted) -> bool:
        """Whether a figure or a place has these words already: "t" of a mass is no material."""
        taken = [(figure.start, figure.end) for figure in self.figures]
        taken += [(self.place.start, self.place.end)] if self.place else []
        taken += [said.span() for said in _NO_TERM.finditer(self.text)]
        return any(term.start < end and start < term.end for start, end in taken)

    def _terms(self, kind: Kind) -> Iterator[Spotted]:
        """The terms of a kind that mean one thing; of the others it is noted what is to be asked."""
        for term in self.spotted:
            if term.meaning.kind != kind:
                continue
            if term.is_denied or _NOT_NEEDED.match(self.text, term.end):
                self._ask(term, "denied")
            elif term.meaning.outcome == Outcome.SURE:
                yield term
            elif kind != Kind.PROCESS or not self._is_machining(term):
                self._ask(term, str(term.meaning.outcome))

    def _processes(self) -> None:
        """Work that is named; a thing only where no work is: "nitriding of dies" makes no dies."""
        terms = list(self._terms(Kind.PROCESS))
        named = [term for term in terms if _is_work(self.text[term.start : term.end])]
        work = [term for term in terms if term in named or any(self._tells_which(term, other) for other in named)]
        for term in self._narrowest(Kind.PROCESS, work or terms):
            self._operation(term, str(term.meaning.code), term.meaning.confidence)
        for term in terms if work else ():
            if term not in work:
                self._ask(term, "thing")
        likely = [term for term in self.spotted if self._is_machining(term)]
        for term in likely if not self.operations else ():
            self._operation(term, MACHINING, LIKELY)
            break
        for term in likely:
            if not any(reading.start == term.start for reading in self.draft.readings):
                self._ask(term, str(term.meaning.outcome))

    def _tells_which(self, thing: Spotted, work: Spotted) -> bool:
        """Whether a thing beside the work says which it is, as in "carton packaging"; not in "stamping, with dies"."""
        first, second = sorted((thing, work), key=lambda term: term.start)
        index = self.vocabulary.index(Kind.PROCESS)
        is_narrower = index.lies_below(str(thing.meaning.code), str(work.meaning.code))
        return is_narrower and not self.text[first.end : second.start].strip()

    def _narrowest(self, kind: Kind, terms: list[Spotted]) -> list[Spotted]:
        """Without the entries above others that are named too: "thép SPCC" is no other steel besides."""
        index = self.vocabulary.index(kind)
        codes = {str(term.meaning.code) for term in terms}
        above = {code for code in codes if any(code != other and index.lies_below(other, code) for other in codes)}
        for term in terms:
            if term.meaning.code in above:
                self._note("", term.meaning.code, term, term.meaning.confidence)
        return [term for term in terms if term.meaning.code not in above]

    def _is_machining(self, term: Spotted) -> bool:
        """Whether "gia công", or "CNC" alone, is said of something with a size or tolerance that machines reach."""
        told = any(figure.field in ("tolerance_mm", "diameter_mm", "roughness_um") for figure in self.figures)
        asked = term.meaning.kind == Kind.PROCESS and term.meaning.outcome == Outcome.AMBIGUOUS and not term.is_denied
        return bool(asked and told and MACHINING in term.meaning.candidates)

    def _operation(self, term: Spotted, code: str, confidence: float) -> None:
        codes = [operation["process"] for operation in self.operations]
        if code not in codes:
            self.operations.append({"process": code})
            self.starts.append(term.start)
            codes.append(code)
        self._note(f"/operations/{codes.index(code)}/process", code, term, confidence)

    def _materials(self) -> None:
        """What a part is made of holds for all steps of making it."""
        found: list[str] = []
        for term in self._narrowest(Kind.MATERIAL, list(self._terms(Kind.MATERIAL))):
            code = str(term.meaning.code)
            if code not in found:
                found.append(code)
            self._note(f"/operations/0/materials/{found.index(code)}", code, term, term.meaning.confidence)
        for operation in self.operations if found else ():
            operation["materials"] = list(found)

    def _standards(self) -> None:
        for term in self._terms(Kind.STANDARD):
            name = "standards_preferred" if self._is_preferred(term) else "standards_required"
            codes = self.draft.requirement.setdefault(name, [])
            if term.meaning.code not in codes:
                codes.append(term.meaning.code)
            self._note(f"/{name}/{codes.index(term.meaning.code)}", term.meaning.code, term, term.meaning.confidence)

    def _is_preferred(self, term: Spotted) -> bool:
        """Whether its own part of the sentence says that it is welcome, not that it must be."""
        start = max((cut.end() for cut in _CLAUSE.finditer(self.text, 0, term.start)), default=0)
        after = _CLAUSE.search(self.text, term.end)
        return bool(_PREFERRED.search(self.text, start, after.start() if after else len(self.text)))

    def _figures(self) -> None:
        for found in self._with_sizes(self.figures):
            if found.field in OF_OPERATION:
                self._of_operation(found)
            elif found.field == "monthly_quantity":
                if self._set("monthly_quantity", found, value=found.value[0]):
                    self.draft.requirement["quantity_unit"] = found.value[1]
            elif found.field in OF_REQUIREMENT:
                self._set(found.field, found)
            else:
                question = "quantity_without_period" if found.field == "quantity" else "length_missing"
                self.draft.readings.append(Reading("", found.value, found.start, found.end, found.confidence, question))

    def _with_sizes(self, found: list[Figure]) -> list[Figure]:
        """A diameter and a length that are said apart make a size."""
        diameter = next((figure for figure in found if figure.field == "diameter_mm"), None)
        length = next((figure for figure in found if figure.field == "length_mm"), None)
        if not (diameter and length) or any(figure.field == "part_size_mm" for figure in found):
            return found
        sides = [length.value, diameter.value, diameter.value]
        confidence = min(diameter.confidence, length.confidence)
        both = (Figure("part_size_mm", sides, one.start, one.end, confidence) for one in (diameter, length))
        return [*both, *(figure for figure in found if figure not in (diameter, length))]

    def _of_operation(self, found: Figure) -> None:
        """It belongs to the step that is named last before it; a second figure for the same step must be the finer."""
        if not self.operations:
            self.draft.readings.append(Reading("", found.value, found.start, found.end, found.confidence, "no_process"))
            return
        at = max((at for at, start in enumerate(self.starts) if start <= found.start), default=0)
        operation = self.operations[at]
        known = operation.get(found.field)
        finer = isinstance(known, float) and found.field in ("tolerance_mm", "roughness_um") and found.value < known
        if known is None or finer:
            operation[found.field] = found.value
        pointer = f"/operations/{at}/{found.field}"
        self.draft.readings.append(Reading(pointer, found.value, found.start, found.end, found.confidence))

    def _as_taken(self, reading: Reading) -> Reading:
        """What another figure stands for fills nothing."""
        _, _, at, name = reading.field.split("/") if reading.field.endswith(OF_OPERATION) else ("", "", "", "")
        if not name or self.operations[int(at)][name] == reading.value:
            return reading
        return replace(reading, field="", question="said_twice")

    def _set(self, name: str, found: Figure, *, value: Any = None) -> bool:
        value = found.value if value is None else value
        is_first = bool(self.draft.requirement.setdefault(name, value) == value)
        question = "" if is_first else "said_twice"
        pointer = f"/{name}" if is_first else ""
        self.draft.readings.append(Reading(pointer, value, found.start, found.end, found.confidence, question))
        return is_first

    def _place(self) -> None:
        if self.place:
            self.draft.place = {"park": self.place.park, "province": self.place.province}
            value = self.place.park or self.place.province
            self.draft.readings.append(Reading("/plant", value, self.place.start, self.place.end, STATED, "plant"))

    def _rest(self) -> None:
        said = next((said for said in _NDA.finditer(self.text) if not _OF_THE_MAIL.search(self._line_of(said))), None)
        if said and not is_denied(self.text[: said.start()].split()[-3:]):
            self.draft.requirement["nda_needed"] = True
            self.draft.readings.append(Reading("/nda_needed", True, said.start(), said.end(), ASSUMED))
        title = re.split(r"[.;\n]\s", self.text, maxsplit=1)[0][:LONGEST_TITLE].strip()
        if title:
            self.draft.requirement = {"title": title, "description": self.text, **self.draft.requirement}

    def _line_of(self, said: re.Match[str]) -> str:
        after = self.text.find("\n", said.end())
        return self.text[self.text.rfind("\n", 0, said.start()) + 1 : after if after >= 0 else len(self.text)]

    def _note(self, pointer: str, value: Any, term: Spotted, confidence: float) -> None:
        self.draft.readings.append(Reading(pointer, value, term.start, term.end, confidence))

    def _ask(self, term: Spotted, question: str) -> None:
        candidates = term.meaning.candidates
        self.draft.readings.append(Reading("", None, term.start, term.end, 0.0, question, candidates))

    def _not_understood(self) -> Iterator[tuple[int, int]]:
        """Runs of words that no reading has, without those that say nothing by themselves."""
        read = [(reading.start, reading.end) for reading in self.draft.readings]
        unread = [
            (word.start(), word.end())
            for word in _WORD.finditer(self.text)
            if fold(word.group()) not in NOT_TELLING and not _within(word.span(), read)
        ]
        yield from _joined(self.text, unread)


def _is_work(words: str) -> bool:
    """Words with accents are not English: "tủ điện" has no participle."""
    folded, is_english = fold(words), not has_accents(mark(words))
    return bool((is_english and _ENGLISH_WORK.fullmatch(folded)) or _VIETNAMESE_WORK.fullmatch(folded))


def _within(span: tuple[int, int], taken: Iterable[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in taken)


def _joined(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans with nothing but a space between them become one."""
    run: tuple[int, int] | None = None
    for start, end in spans:
        if run and text[run[1] : start] == " ":
            run = (run[0], end)
            continue
        if run:
            yield run
        run = (start, end)
    if run:
        yield run
