"""Examples of this app's bodies and answers in the OpenAPI document, by name of the serializer."""

from typing import Any

TEXT = "tiện CNC nhôm 6061, ép nhựa"
EXAMPLES: dict[str, Any] = {
    "SuggestWriter": {"text": TEXT, "kinds": ["process", "material"]},
    "SuggestSerializer": {
        "text": TEXT,
        "terms": [
            {
                "start": 0,
                "end": 8,
                "text": "tiện CNC",
                "kind": "process",
                "outcome": "sure",
                "code": "MACH.CNC_TURN",
                "candidates": ["MACH.CNC_TURN"],
                "confidence": 0.98,
                "denied": False,
            },
            {
                "start": 9,
                "end": 18,
                "text": "nhôm 6061",
                "kind": "material",
                "outcome": "sure",
                "code": "AL.6061",
                "candidates": ["AL.6061"],
                "confidence": 0.9,
                "denied": False,
            },
            {
                "start": 20,
                "end": 27,
                "text": "ép nhựa",
                "kind": "process",
                "outcome": "ambiguous",
                "code": None,
                "candidates": ["PLAS", "PLAS.INJ"],
                "confidence": 0.0,
                "denied": False,
            },
        ],
    },
}
