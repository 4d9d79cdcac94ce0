"""A draft requirement from a text: what is stated and where, what is to be asked, what was not understood."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from buyers.drafting.choices import decided
from buyers.drafting.context import Clauses
from buyers.drafting.figures import ASSUMED, STATED, Figure, figures
from buyers.drafting.model import Draft, Reading
from buyers.drafting.places import find_place
from buyers.drafting.steps import LAYERS, OF_SHAPES, step_of
from buyers.drafting.words import NOT_TELLING
from buyers.drafting.work import ACCOMPANYING, is_made, is_work, not_asked
from config.text import fold
from taxonomy.models import Kind
from taxonomy.resolver import Outcome
from taxonomy.spotting import Spotted, is_denied, spot
from taxonomy.vocabulary import Vocabulary, current_vocabulary

OF_OPERATION = ("tolerance_mm", "roughness_um", "part_size_mm", "part_mass_kg")
OF_REQUIREMENT = ("moq", "lead_time_days", "near_km")
LONGEST_TITLE = 120
MACHINING = "MACH"
BESIDES = frozenset({"MACH.DEBURR", "MACH.LAP"})
"""Work that goes with machining and does not say which it is."""
BLANKS = ("CAST", "FORG")
"""Groups of work of which the blanks are machined: what is "gia công" behind them."""
MEASURED = ("tolerance_mm", "diameter_mm", "roughness_um")
LIKELY = 0.5
"""Confidence in "gia công" as machining, where a size or a tolerance stands beside it."""

_WORD = re.compile(r"[^\W_]+")
_NDA = re.compile(r"\bNDA\b|bảo mật|non[- ]disclosure|confidential", re.IGNORECASE)
_OF_THE_MAIL = re.compile(r"e-?mail|message|thư này|thư điện tử", re.IGNORECASE)
"""What stands under a mail says that the mail is confidential, not the work."""
_NO_TERM = re.compile(
    r"\b(?:chúng|bên|của|giúp|cho|với|gửi|gặp|gọi|ty|máy|xưởng|anh)\s+tôi\b"
    r"|\btôi\s+(?!(?:và|ram|thép|cứng|dầu|nước|đạt|HRC|cải\s+thiện|thấm|trung\s+tần"
    r"|bề\s+mặt|thể\s+tích|cao\s+tần|chân\s+không|cảm\s+ứng)\b)(?=[^\W\d_])"
    r"|\blead[- ]?times?\b|\bUL[- ]?94\b|\bgalvani[sz]ed\b(?=\W{1,3}(?:SGCC|SECC)\b)"
    r"|\bM\W?2\b(?!\s+(?:steel|HSS))|\b(?:JIS|KS)\s+(?!Q)[A-Z]\s?-?\d{3,4}",
    re.IGNORECASE,
)
"""Who writes, not hardening; time, not the metal; how plastics burn, not a certificate; what a
sheet is, not what is done to it; a thread, not the steel; the standard of a sheet, not a mark."""
_BARE_GRADE = re.compile(r"\s+(?P<grade>\d{3,4})(?=\s*(?:[,;.)/\n]\s|$))")
TOOLS = "TOOL"
LONGEST_GRADE = 20
WITHOUT_MATERIALS = ("TOOL", "PACK")
"""Groups of things that do not say of what the part is made."""


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
        self.clauses = Clauses(text)
        self.figures = figures(text)
        self.is_measured = any(figure.field in MEASURED for figure in self.figures)
        self.place = find_place(text, vocabulary=vocabulary)
        read = self._read_already()
        spotted = [term for term in spot(text, vocabulary=vocabulary) if 1 not in read[term.start : term.end]]
        self.spotted = decided(spotted, vocabulary)
        self.things = {term.start for term in not_asked(self.spotted, self.clauses)}
        self.aside: list[Spotted] = []
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

    def _read_already(self) -> bytearray:
        """1 wherever a figure or a place has the words already: "t" of a mass is no material."""
        read = bytearray(len(self.text))
        taken = [(figure.start, figure.end) for figure in self.figures]
        taken += [(self.place.start, self.place.end)] if self.place else []
        for start, end in (*taken, *(said.span() for said in _NO_TERM.finditer(self.text))):
            read[start:end] = b"\1" * (end - start)
        for start, end in (figure.words for figure in self.figures):
            read[start:end] = bytes(end - start)
        return read

    def _terms(self, kind: Kind) -> Iterator[Spotted]:
        """The terms of a kind that mean one thing; of the others it is noted what is to be asked."""
        for term in self.spotted:
            if term.meaning.kind != kind:
                continue
            if term.is_denied or self.clauses.is_not_needed(term.end):
                self._ask(term, "denied")
            elif term.start in self.things:
                self._ask(term, "thing")
            elif term.meaning.outcome == Outcome.SURE:
                yield term
            elif kind != Kind.PROCESS or not self._is_machining(term):
                self._ask(term, str(term.meaning.outcome))

    def _processes(self) -> None:
        """Work that is named; a thing only where no work is: "nitriding of dies" makes no dies."""
        terms = list(self._terms(Kind.PROCESS))
        named = [term for term in terms if self._is_work(term) or self._is_made(term)]
        named = [term for term in named if term.meaning.code not in ACCOMPANYING] or named
        terms = [term for term in terms if term.meaning.code not in ACCOMPANYING or term in named] or terms
        places = {term.start for term in named}
        places |= {one.start for one in self._telling_which(terms, places)}
        work = [term for term in terms if term.start in places]
        steps = self._narrowest(Kind.PROCESS, work or terms)
        likely = [term for term in self.spotted if self._is_machining(term)]
        machined = self._shaping_besides(steps, likely)
        for term in sorted([*steps, *machined], key=lambda term: term.start):
            if term in machined:
                likely.remove(term)
                self._operation(term, MACHINING, LIKELY)
            else:
                self._operation(term, str(term.meaning.code), term.meaning.confidence)
        for term in terms if work else ():
            if term.start not in places:
                self._ask(term, "thing")
        for term in likely:
            self._ask(term, str(term.meaning.outcome))
        for term in self.spotted:
            if self._may_be_machining(term) and self._is_of_blanks(term):
                self.draft.readings = [said for said in self.draft.readings if said.start != term.start]
                self._operation(term, MACHINING, LIKELY)

    def _is_of_blanks(self, term: Spotted) -> bool:
        """Whether "gia công" stands behind casting or forging, and not right before other work: "đúc cát, gia công"."""
        steps = zip(self.operations, self.starts, strict=True)
        is_behind = any(step["process"].startswith(BLANKS) and start < term.start for step, start in steps)
        is_machined = any(step["process"].startswith(MACHINING) for step in self.operations)
        return is_behind and not self._leads_to_work(term) and not is_machined

    def _shaping_besides(self, steps: Sequence[Spotted], likely: Sequence[Spotted]) -> list[Spotted]:
        """The first "gia công" that is machining, where nothing else that is named gives the part its shape."""
        if any(str(term.meaning.code).partition(".")[0] not in LAYERS for term in steps):
            return []
        if steps:
            likely = [term for term in likely if not (self._leads_to_work(term) or self.clauses.is_there(*term.place))]
        return list(likely[:1])

    def _leads_to_work(self, term: Spotted) -> bool:
        """Whether other work is named right behind: "gia công mạ kẽm"."""
        following = next((other for other in self.spotted if other.start >= term.end), None)
        if following is None or following.meaning.kind != Kind.PROCESS:
            return False
        return not self.text[term.end : following.start].strip()

    def _telling_which(self, terms: list[Spotted], places: set[int]) -> Iterator[Spotted]:
        """Things right beside work of which they say which it is."""
        for one, other in pairwise(terms):
            if (one.start in places) != (other.start in places):
                thing, work = (other, one) if one.start in places else (one, other)
                if self._tells_which(thing, work):
                    yield thing

    def _is_work(self, term: Spotted) -> bool:
        return is_work(self.text[term.start : term.end], code=str(term.meaning.code))

    def _is_made(self, thing: Spotted) -> bool:
        """Whether a tool is what is to be made: "gia công đồ gá, anod đen"."""
        is_tool = self.vocabulary.index(Kind.PROCESS).lies_below(str(thing.meaning.code), TOOLS)
        return is_tool and is_made(self.text, thing.start)

    def _tells_which(self, thing: Spotted, work: Spotted) -> bool:
        """Whether a thing beside the work says which it is, as in "carton packaging"; not in "stamping, with dies"."""
        first, second = sorted((thing, work), key=lambda term: term.start)
        index = self.vocabulary.index(Kind.PROCESS)
        is_narrower = index.lies_below(str(thing.meaning.code), str(work.meaning.code))
        return is_narrower and not self.text[first.end : second.start].strip(" (")

    def _narrowest(self, kind: Kind, terms: list[Spotted]) -> list[Spotted]:
        """Without the entries above others that are named too: "thép SPCC" is no other steel besides."""
        index = self.vocabulary.index(kind)
        codes = {str(term.meaning.code) for term in terms}
        closer = codes - BESIDES
        above = {code for code in codes if any(code != other and index.lies_below(other, code) for other in closer)}
        for term in terms:
            if term.meaning.code in above:
                self._note("", term.meaning.code, term, term.meaning.confidence)
        return [term for term in terms if term.meaning.code not in above]

    def _is_machining(self, term: Spotted) -> bool:
        """Whether "gia công", or "CNC" alone, is said of something with a size or tolerance that machines reach."""
        return self.is_measured and self._may_be_machining(term)

    def _may_be_machining(self, term: Spotted) -> bool:
        asked = term.meaning.kind == Kind.PROCESS and term.meaning.outcome == Outcome.AMBIGUOUS and not term.is_denied
        return asked and MACHINING in term.meaning.candidates

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
        named = sorted([*self._terms(Kind.MATERIAL), *self._within_processes()], key=lambda term: term.start)
        for term in self._narrowest(Kind.MATERIAL, self._of_the_part(named)):
            code = str(term.meaning.code)
            if code not in found:
                found.append(code)
            self._note(f"/operations/0/materials/{found.index(code)}", code, term, term.meaning.confidence)
        for operation in self.operations if found else ():
            operation["materials"] = list(found)

    def _within_processes(self) -> Iterator[Spotted]:
        """Materials of things on which work is done, such as "vải không dệt", and those that begin in words for work
        and go on behind them: "uốn ống inox 304"."""
        index = self.vocabulary.index(Kind.PROCESS)
        things = {thing.start for thing in self.aside}
        for before, term in zip([None, *self.spotted], self.spotted, strict=False):
            code = str(term.meaning.code)
            if term.meaning.kind != Kind.PROCESS or any(index.lies_below(code, group) for group in WITHOUT_MATERIALS):
                continue
            if before and before.meaning.kind == Kind.MATERIAL and not self.text[before.end : term.start].strip():
                yield from self._grade_behind(term.end, before)
            words = self.text[term.start : self.clauses.end_of(term.end, most=LONGEST_GRADE)]
            for inner in spot(words, kinds=[Kind.MATERIAL], vocabulary=self.vocabulary):
                start, end = term.start + inner.start, term.start + inner.end
                if inner.meaning.code and start < term.end and (end > term.end or term.start in things):
                    yield replace(inner, start=start, end=end)
                elif inner.meaning.code and end <= term.end:
                    yield from self._grade_behind(term.end, inner)

    def _grade_behind(self, end: int, family: Spotted) -> Iterator[Spotted]:
        """A grade of which the work before it tells the family: "aluminium extrusion 6063"."""
        said = _BARE_GRADE.match(self.text, end)
        for grade in spot(f"{family.meaning.text} {said['grade']}", vocabulary=self.vocabulary) if said else ():
            if said and grade.meaning.code and grade.meaning.code != family.meaning.code:
                yield replace(grade, start=said.start("grade"), end=said.end("grade"))

    def _of_the_part(self, terms: list[Spotted]) -> list[Spotted]:
        """Materials without those of the packing and of coatings; without those of what is given besides ("steel
        inserts supplied by us") and in names of things ("paper feed shaft"), where others are named."""
        said = self.clauses
        kept = [term for term in terms if not (said.is_packing(*term.place) or said.is_coating(*term.place))]
        own = [term for term in kept if not (said.is_there(*term.place) or said.is_in_name(term.start))]
        left = {term.start for term in own or kept}
        for term in terms:
            if term.start not in left:
                self._ask(term, "thing")
        return own or kept

    def _standards(self) -> None:
        leads_on = False
        for term in self._terms(Kind.STANDARD):
            leads_on = leads_on and self.clauses.is_bare(*term.place)
            is_welcome = leads_on or self.clauses.is_welcome(*term.place)
            leads_on = leads_on or self.clauses.leads_to_more(*term.place)
            name = "standards_preferred" if is_welcome else "standards_required"
            codes = self.draft.requirement.setdefault(name, [])
            if term.meaning.code not in codes:
                codes.append(term.meaning.code)
            self._note(f"/{name}/{codes.index(term.meaning.code)}", term.meaning.code, term, term.meaning.confidence)

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
        """A second figure for the same step must be the finer."""
        if not self.operations:
            self.draft.readings.append(Reading("", found.value, found.start, found.end, found.confidence, "no_process"))
            return
        processes = [operation["process"] for operation in self.operations]
        at = step_of(found, processes, self.starts, self.clauses)
        operation = self.operations[at]
        known = operation.get(found.field)
        finer = isinstance(known, float) and found.field in OF_SHAPES and found.value < known
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
        if question == "thing" and term.meaning.kind == Kind.PROCESS:
            self.aside.append(term)
        candidates = term.meaning.candidates
        self.draft.readings.append(Reading("", None, term.start, term.end, 0.0, question, candidates))

    def _not_understood(self) -> Iterator[tuple[int, int]]:
        """Runs of words that no reading has, without those that say nothing by themselves."""
        read = bytearray(len(self.text))
        for reading in self.draft.readings:
            read[reading.start : reading.end] = b"\1" * (reading.end - reading.start)
        unread = [
            (word.start(), word.end())
            for word in _WORD.finditer(self.text)
            if fold(word.group()) not in NOT_TELLING and 0 in read[word.start() : word.end()]
        ]
        yield from _joined(self.text, unread)


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
