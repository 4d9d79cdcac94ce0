"""One look at the database that tells whether a reader of a ranking still may, and whether anything has changed.

PostgreSQL changes no row in place: `xmin`, the transaction that wrote it, and `ctid`, where it lies, tell one state of
a row from every other.
"""

from dataclasses import dataclass
from datetime import datetime

from config.prepared import Prepared
from matchmaking.catalogue import Snapshot, current
from matchmaking.catalogue.pulse import PULSE, Pulse

_GLANCE = Prepared(
    "glance",
    *("bigint", "text", "text"),
    sql=f"""
SELECT {PULSE.format(since="$1")}, key.state, key.last_used_at, host(key.last_used_from),
       (SELECT ARRAY[concat_ws(' ', r.xmin, r.ctid),
                     (SELECT concat_ws(' ', b.xmin, b.ctid) FROM buyers_buyer b WHERE b.id = r.buyer_id),
                     (SELECT concat_ws(' ', p.xmin, p.ctid) FROM buyers_plant p WHERE p.id = r.plant_id)]
        FROM buyers_requirement r WHERE r.public_id = $3)
FROM (SELECT 1) AS always LEFT JOIN
     (SELECT k.last_used_at, k.last_used_from,
             ARRAY[concat_ws(' ', k.id, k.secret_hash, k.scopes, k.allowed_networks, k.expires_at),
                   k.revoked_at::text, concat_ws(' ', o.xmin, o.ctid)] AS state
      FROM accounts_apikey k JOIN accounts_organisation o ON o.id = k.organisation_id
      WHERE k.visible_prefix = $2) AS key ON true
""",  # noqa: S608 - made of constants
)

Rows = tuple[tuple[str | None, ...] | None, ...]
"""The state of the rows that a right rests on. None of rows that are not there."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What one statement told, and the facts as of then or a little later.

    Attributes:
        rows: the API key and its organisation; the requirement, its buyer and plant.
        used_at, used_from: when and from where the use of the key was noted last.
        snapshot: the facts; what had changed of them has been read since.
    """

    rows: Rows
    used_at: datetime | None
    used_from: str | None
    snapshot: Snapshot

    @classmethod
    def at(cls, *, key: str, requirement: str) -> "Glance":
        """
        Args:
            key: visible prefix of an API key.
            requirement: public id.

        Raises:
            django.db.Error: it cannot be told now.
        """
        told = _Told(key, requirement)
        return cls(snapshot=current(told), rows=told.rows, used_at=told.used_at, used_from=told.used_from)


class _Told:
    """Takes the catalogue's pulse with a statement that tells of the rows as well."""

    rows: Rows = ()
    used_at: datetime | None = None
    used_from: str | None = None

    def __init__(self, key: str, requirement: str) -> None:
        self._places = (key, requirement)

    def __call__(self, *, since: int | None) -> Pulse:
        *pulse, key, self.used_at, self.used_from, requirement = _GLANCE.row([since, *self._places])
        self.rows = tuple(None if row is None else tuple(row) for row in (key, requirement))
        return Pulse.of(*pulse)
