"""The published facts as the engine's columns, kept in step with the database."""

from matchmaking.catalogue.mirror import Snapshot, current

__all__ = ["Snapshot", "current"]
