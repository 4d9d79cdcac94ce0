"""Examples in the OpenAPI document.

Of bodies each app keeps its own in `<app>/api/v1/examples.py`, by name of the serializer. Answers are recorded: `make
examples` does the main job with those bodies and writes what was answered to `examples.json`, by name of the schema.
"""

import json
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ANSWERS = Path(__file__).with_name("examples.json")
PAGE = {"next": None, "previous": None}
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


def add_examples(schemas: dict[str, Any]) -> None:
    """Give every answer that has none the one that was recorded; lists get one with it as their only row."""
    recorded: dict[str, Any] = json.loads(ANSWERS.read_text())
    for name, schema in schemas.items():
        if name in recorded and "examples" not in schema:
            schema["examples"] = [recorded[name]]
    for schema in schemas.values():
        row = schema.get("properties", {}).get("results", {}).get("items", {}).get("$ref", "").rpartition("/")[2]
        if "examples" not in schema and "examples" in schemas.get(row, {}):
            around = PAGE if "next" in schema["properties"] else {}
            schema["examples"] = [{"results": schemas[row]["examples"], **around}]
