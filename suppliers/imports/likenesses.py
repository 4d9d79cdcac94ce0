"""Rows that are likely a firm that is stored already, under another spelling: a person decides, nothing is guessed."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from django.utils.translation import gettext_noop

from config.errors import ConflictError, InvalidFactError
from config.phrases import Phrase
from suppliers.duplicates.judging import Entry
from suppliers.duplicates.register import Found, Register
from suppliers.imports.known import whole
from suppliers.imports.plan import LIKENESS, PlannedFirm, entry_of
from suppliers.models import Listing, Supplier, SupplierMerge

NEW = "new"
"""The decision that a row is none of the firms it could be."""
LIKE_A_ROW = gettext_noop(
    "likely the same firm as row %(row)s, “%(name)s” (names %(names)s %% alike, addresses %(addresses)s %%)"
)
LIKE_A_FIRM = gettext_noop(
    "likely the same firm as %(firm)s, “%(name)s” (names %(names)s %% alike, addresses %(addresses)s %%)"
)


class LikelyKnownError(ConflictError):
    """The row is likely a firm that is stored, or that an earlier row tells; somebody must say whether it is."""

    code = "likely_known"

    def __init__(self, found: list[Found[str]], entries: Mapping[str, Entry], rows: Mapping[str, int]) -> None:
        best = found[0]
        self.could_be = tuple(each.firm for each in found if each.firm not in rows)
        told = {
            "firm": best.firm,
            "row": rows.get(best.firm, 0),
            "name": entries[best.firm].names[0],
            "names": round(100 * (best.judgement.name or 0)),
            "addresses": round(100 * (best.judgement.address or 0)),
        }
        super().__init__(Phrase(LIKE_A_ROW if best.firm in rows else LIKE_A_FIRM, **told))


class Likenesses:
    """The suppliers as they are stored, and what was decided of the rows of a list that resemble one."""

    def __init__(self, source: str, decided: Mapping[int, str]) -> None:
        self._source = source
        self._decided = decided
        self._rows: dict[str, int] = {}

    def decide(self, firm: PlannedFirm) -> Supplier | None:
        """The stored firm that a row was said to be, or None where it is a new one.

        Raises:
            LikelyKnownError: it resembles a stored firm, and nothing was decided.
            InvalidFactError: what was decided names no supplier.
        """
        said = self._decided.get(firm.number)
        if said is None:
            if found := self._register.find(firm.entry):
                raise LikelyKnownError(found, self._entries, self._rows)
            return None
        if said == NEW:
            return None
        stored = whole(Supplier.objects.filter(public_id=said))
        if not stored:
            raise InvalidFactError(Phrase("there is no supplier “%(firm)s”", firm=said))
        return stored[0]

    def listing_of(self, firm: PlannedFirm, supplier: Supplier) -> Listing | None:
        """How it is kept that a person said which firm the row is; None where nobody did, or it is kept already."""
        if self._decided.get(firm.number) != supplier.public_id:
            return None
        key = {"source": self._source, "source_ref": firm.source_ref}
        is_kept = Listing.objects.filter(**key).exists() or Supplier.objects.filter(**key).exists()
        return None if is_kept else Listing(supplier=supplier, **key)

    def learn(self, firm: PlannedFirm, public_id: str, *, is_stored: bool) -> None:
        """Know what a row says of a firm, for the rows that follow. A register read later holds what is stored."""
        if not is_stored:
            self._rows[public_id] = firm.number
        elif "_register" not in self.__dict__:
            return
        self._entries[public_id] = firm.entry
        self._register.add(public_id, firm.entry)

    def begin_anew(self) -> None:
        """Read the stored firms again: some that were being written are not stored after all."""
        self.__dict__.pop("_entries", None)
        self.__dict__.pop("_register", None)

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        columns = ("public_id", *(f"organisation__{name}" for name in LIKENESS))
        entries = {firm: entry_of(*said) for firm, *said in Supplier.objects.values_list(*columns).iterator()}
        merges = SupplierMerge.objects.in_force().order_by("pk")
        for merged, survivor in merges.values_list("merged__public_id", "survivor__public_id"):
            former, firm = entries.pop(merged), entries[survivor]
            entries[survivor] = replace(firm, names=(*firm.names, *former.names))
        return entries

    @cached_property
    def _register(self) -> Register[str]:
        return Register(self._entries.items())
