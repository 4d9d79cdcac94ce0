"""Which kinds of jobs there are. An app above registers its own in its AppConfig.ready.

Code that does a job may be called more than once for it, so it is safe to repeat: what it made is kept only when it
returns. It refuses by raising a DomainError, which fails the job; whatever else it raises has it tried again later.
"""

from collections.abc import Callable
from dataclasses import dataclass

from jobs.runs import Result, Run

Handler = Callable[[Run], Result]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How jobs of one name are done."""

    name: str
    handler: Handler
    at_most: int | None = None
    """How many an organisation may be waiting for at a time."""
    is_personal: bool = False
    """Whether only the person who asked may see it, not the organisation, nor staff."""
    is_file_personal: bool = False
    """Whether only the person who asked may fetch its file, as it holds what that person may see."""


_kinds: dict[str, Kind] = {}


def register(
    name: str,
    handler: Handler,
    *,
    at_most: int | None = None,
    is_personal: bool = False,
    is_file_personal: bool = False,
) -> None:
    """Let `handler` do the jobs of that name from now on.

    Args:
        name: stored with each job; never reuse it for something else.

    Raises:
        ValueError: another handler has this name.
    """
    kind = Kind(name=name, handler=handler, at_most=at_most, is_personal=is_personal, is_file_personal=is_file_personal)
    if _kinds.setdefault(name, kind).handler is not handler:
        raise ValueError(f"there are two kinds of jobs with the name {name}")


def kind_of(name: str) -> Kind:
    """The kind of that name.

    Raises:
        LookupError: this process knows none; a worker of a newer release may.
    """
    return _kinds[name]


def is_file_personal(name: str) -> bool:
    """Whether only the person who asked for such a job may fetch its file; also where this process knows no such."""
    return name not in _kinds or _kinds[name].is_file_personal
