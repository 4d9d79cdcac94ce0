"""The published facts as the engine's columns, kept in step with the database."""

from matchmaking.catalogue.mirror import current, merge, version
from matchmaking.catalogue.snapshot import Snapshot

__all__ = ["Snapshot", "current", "merge", "version"]
