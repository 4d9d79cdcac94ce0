"""Examples of bodies in the OpenAPI document: each app keeps its own in `<app>/api/v1/examples.py`, by name of the
serializer."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

OF_ACTS = {
    "ReasonWriter": {"reason": "The certificate number is not in the issuer's register."},
    "OptionalReasonWriter": {"reason": "The order went to the sister plant."},
}
"""Bodies that acts of all apps take."""


@cache
def examples_of(app: str) -> dict[str, Any]:
    """Those of an app; of `config`, those of acts."""
    if app == "config":
        return OF_ACTS
    name = f"{app}.api.v1.examples"
    examples: dict[str, Any] = import_module(name).EXAMPLES if find_spec(name) else {}
    return examples


def example_of(serializer: type[Any]) -> Any:
    """What such a body looks like, or None."""
    return examples_of(serializer.__module__.partition(".")[0]).get(serializer.__name__)
