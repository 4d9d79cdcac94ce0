"""One spelling of a JSON document, and its fingerprint."""

import hashlib
import json
from collections.abc import Iterable, Sequence

from matchmaking.engine.version import ENGINE_VERSION


def canonical_json(document: object) -> str:
    """The document with sorted keys, no spaces and text unescaped; numbers as Python writes them."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256(document: object) -> str:
    """Hexadecimal SHA-256 of the canonical JSON in UTF-8."""
    return hashlib.sha256(canonical_json(document).encode("utf-8")).hexdigest()


def results_sha256(results: Iterable[bytes]) -> str:
    """The hash of an answer's results, each in canonical JSON, and of the engine that found them."""
    return hashlib.sha256(b"%s%s]}" % (_RESULTS, b",".join(results))).hexdigest()


def ranking_sha256(facts_sha256: str, results: Sequence[object]) -> str:
    """The hash that seals a ranking: which engine, which facts, which results."""
    return sha256({"engine_version": ENGINE_VERSION, "facts_sha256": facts_sha256, "results": list(results)})


_RESULTS = canonical_json({"engine_version": ENGINE_VERSION, "results": []}).removesuffix("]}").encode()
"""How all that `results_sha256` hashes begins."""
