"""Which background work of other apps reacts to which events.

An app above subscribes in its AppConfig.ready; a worker then calls the handler for each event of the topic, with the
event's public id. It may call it more than once, so the handler looks up the present state and is safe to repeat. A
handler that raises is tried again later.
"""

from collections import defaultdict
from collections.abc import Callable

Handler = Callable[[str], None]

_handlers: defaultdict[str, dict[str, Handler]] = defaultdict(dict)


def subscribe(topic: str, name: str, handler: Handler) -> None:
    """Let `handler` be called for every event of the topic from now on.

    Args:
        name: tells subscribers of a topic apart in the database; never reuse it for something else.

    Raises:
        ValueError: another handler has this name.
    """
    if _handlers[topic].setdefault(name, handler) is not handler:
        raise ValueError(f"{name} subscribes to {topic} twice")


def subscribers_of(topic: str) -> list[str]:
    return sorted(_handlers.get(topic, ()))


def handler_of(topic: str, name: str) -> Handler:
    """The handler of that name.

    Raises:
        LookupError: this process knows none; a worker of a newer release may.
    """
    return _handlers.get(topic, {})[name]
