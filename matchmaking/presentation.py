"""A ranking as one reader may see it: which lines, which figures, in which language."""

import enum
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import Error, connection
from django.utils.translation import gettext as _

from accounts.principals import Principal
from buyers.models import Requirement
from buyers.visibility import Reader, reader_of
from config.prepared import Prepared
from matchmaking.engine.canonical import canonical_json, results_sha256
from matchmaking.engine.sentences import Language
from matchmaking.engine.version import ENGINE_VERSION
from matchmaking.models import MatchResult
from matchmaking.services import Match, Prospects
from matchmaking.services.explaining import Line, explained
from matchmaking.services.opportunities import knows_buyer_of
from suppliers.models import Supplier

_NAMES = """
SELECT array_agg(ARRAY[s.public_id, o.legal_name, o.trade_name])
FROM suppliers_supplier s JOIN accounts_organisation o ON o.id = s.organisation_id
WHERE s.public_id = ANY({ids})
"""
_PREPARED_NAMES = Prepared("names", "text[]", sql=_NAMES.format(ids="$1"))


class Viewer(enum.Enum):
    """Someone who sees a ranking, or a line of it."""

    STAFF = "sees every line"
    BUYER = "the same, once it is verified"
    SUPPLIER = "sees its own line, not where it stands among others"
    STRANGER = "the same of a ranking that does not know where the buyer is"

    @property
    def sees_rivals(self) -> bool:
        return self in (Viewer.STAFF, Viewer.BUYER)


def viewer_of(requirement: Requirement, principal: Principal) -> Viewer:
    """What `principal`, who sees the requirement, is to its ranking. The row must come from `known_to(principal)`."""
    if principal.is_staff:
        return Viewer.STAFF
    reader = reader_of(requirement, principal)
    return {Reader.OWNER: Viewer.BUYER, Reader.SUPPLIER: Viewer.SUPPLIER, Reader.STRANGER: Viewer.STRANGER}[reader]


def present(match: Match, positions: Sequence[int], *, viewer: Viewer, language: Language) -> dict[str, Any]:
    """The ranking's lines at some positions, with what a reader needs to understand and to check them."""
    found = [redacted(line, viewer) for line in match.ranking.lines(positions)]
    seal = results_sha256(canonical_json(line).encode() for line in found)
    return {
        **about(match, positions, viewer=viewer, sha256=seal),
        "results": with_reasons(match, positions, found, language=language),
    }


def about(match: Match, positions: Sequence[int], *, viewer: Viewer, sha256: str) -> dict[str, Any]:
    """What is told of the lines at some positions together."""
    return {
        "as_of": match.snapshot.as_of.isoformat(),
        "engine_version": ENGINE_VERSION,
        "counts": match.ranking.counts if viewer.sees_rivals else None,
        "sha256": sha256,
        "note": note_on(match, positions, viewer),
    }


def with_reasons(
    match: Match, positions: Sequence[int], found: Sequence[Line], *, language: Language
) -> list[dict[str, Any]]:
    """The lines found at these positions with reasons, and what their suppliers are called."""
    lines = explained(match, positions, language, lines=found)
    names = names_of([line["supplier"] for line in lines])
    return [{**line, **names[line["supplier"]]} for line in lines]


def present_prospects(prospects: Prospects, *, language: Language) -> dict[str, Any]:
    """What a supplier could win, with reasons: its own lines only, and of requirements what every reader sees."""
    lines = [(row, explained(match, match.positions, language)[0]) for row, match in prospects.matches]
    return {
        "as_of": prospects.snapshot.as_of.isoformat(),
        "engine_version": ENGINE_VERSION,
        "counts": prospects.counts,
        "note": _why_no_prospects(prospects),
        "results": [
            {
                "requirement": row.public_id,
                "title": row.title,
                "answer_by": row.answer_by,
                **{name: value for name, value in line.items() if name not in ("supplier", "rank")},
                "responsiveness": _answering(prospects, row),
            }
            for row, line in lines
        ],
    }


def _answering(prospects: Prospects, row: Requirement) -> dict[str, Any] | None:
    """How its buyer answers; None of one that the supplier may not know, whom the figures would tell."""
    return prospects.responsiveness[row.buyer_id].told() if knows_buyer_of(row) else None


def names_of(supplier_ids: Sequence[str]) -> Mapping[str, dict[str, str]]:
    """What the suppliers are called, by their ids. Written out and prepared: composing and planning take longer than
    answering."""
    (rows,) = _row_of_names(list(supplier_ids))
    return {public_id: {"legal_name": legal, "trade_name": trade} for public_id, legal, trade in rows or ()}


def _row_of_names(supplier_ids: list[str]) -> tuple[Any, ...]:
    """Where a pooler hands out connections by transaction nothing stays prepared: there it is asked as anything else.
    Within a transaction, which an error would end, nothing is tried."""
    if not connection.in_atomic_block:
        try:
            return _PREPARED_NAMES.row([supplier_ids])
        except Error:  # the statement is not there
            pass
    with connection.cursor() as cursor:
        cursor.execute(_NAMES.format(ids="%s"), [supplier_ids])
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def present_frozen(
    results: Sequence[MatchResult], *, viewer: Viewer, reader: Principal, language: Language
) -> list[Line]:
    """Lines of a frozen run as they were told then, and what the firms that the reader sees are called now."""
    visible = Supplier.objects.visible_to(reader).filter(pk__in=[result.supplier_id for result in results])
    seen = {firm.pk: firm for firm in visible.select_related("organisation")}
    return [
        {**redacted(result.lines[language], viewer), **_called_now(seen.get(result.supplier_id))} for result in results
    ]


def _called_now(firm: Supplier | None) -> dict[str, Any]:
    return {
        "is_available": firm is not None and firm.state == Supplier.State.PUBLISHED,
        "legal_name": firm.organisation.legal_name if firm else None,
        "trade_name": firm.organisation.trade_name if firm else None,
    }


def redacted(line: Line, viewer: Viewer) -> Line:
    """The line without what the viewer may not know: a supplier does not read its rank."""
    return line if viewer.sees_rivals else {**line, "rank": None}


def note_on(match: Match, positions: Sequence[int], viewer: Viewer) -> str:
    """Why there is nothing to see, where there is nothing."""
    if positions:
        return ""
    if not viewer.sees_rivals:
        return _("None of your published capabilities answers a process that is asked for.")
    if not any(match.ranking.counts.values()):
        return _("No published supplier has a capability for any of the processes asked for.")
    return _("Suppliers answer the processes asked for, but none with the eligibility that you chose.")


def _why_no_prospects(prospects: Prospects) -> str:
    """Why there is nothing to see, where there is nothing."""
    if prospects.matches:
        return ""
    if not prospects.is_published:
        return _("Only a published firm has opportunities: the facts of others do not count yet.")
    if not any(prospects.counts.values()):
        return _("None of your published capabilities answers a process of an open requirement that you see.")
    return _("There are requirements for your processes, but none with the eligibility that you chose.")
