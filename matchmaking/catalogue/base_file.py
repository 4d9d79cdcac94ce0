"""A stock in one file, from which all processes of a machine read it without a copy of their own.

The file begins with a mark, the length of the header, the header's SHA-256 and the header: JSON that says what the base
is of, and of each array its type, shape and place. The arrays follow, each where a cache line begins.
"""

import dataclasses
import hashlib
import json
import mmap
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final, get_type_hints

import numpy as np
import numpy.typing as npt

from matchmaking.catalogue.stock import Stock
from matchmaking.engine.columns import Codes

MARK: Final = b"matchmaking base"
DIGEST_BYTES: Final = hashlib.sha256().digest_size
LENGTH_BYTES: Final = 8
BEFORE_HEADER: Final = len(MARK) + LENGTH_BYTES + DIGEST_BYTES
ALIGNMENT: Final = 64

About = Mapping[str, Any]
Part = Codes | npt.NDArray[Any]


class UnusableBaseError(Exception):
    """The file is not there, is damaged, or holds another form of base."""


def write_base(file: BinaryIO, stock: Stock, about: About) -> None:
    """Write a stock and what it is of, which is any JSON."""
    parts = dict(_parts(stock, ""))
    arrays = {name: np.ascontiguousarray(part) for name, part in parts.items() if not isinstance(part, Codes)}
    places: dict[str, dict[str, Any]] = {}
    size = 0
    for name, array in arrays.items():
        places[name] = {"type": array.dtype.str, "shape": list(array.shape), "place": size}
        size = _aligned(size + array.nbytes)
    codes = {name: part.names for name, part in parts.items() if isinstance(part, Codes)}
    header = json.dumps({"about": about, "arrays": places, "codes": codes, "size": size}).encode()
    file.write(MARK + len(header).to_bytes(LENGTH_BYTES, "little") + hashlib.sha256(header).digest() + header)
    start = _aligned(file.tell())
    for name, array in arrays.items():
        file.write(bytes(start + places[name]["place"] - file.tell()))
        file.write(array.reshape(-1).view(np.uint8).data if array.size else b"")
    file.write(bytes(start + size - file.tell()))


def open_base(path: Path) -> tuple[Stock, dict[str, Any]]:
    """The stock, as views of the file, and what it is of. The file may be removed while it is in use.

    Raises:
        UnusableBaseError: it cannot be read as one.
    """
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header, start = _header(content)
        arrays = {name: _view(content, start, each) for name, each in header["arrays"].items()}
        stock = _restored(Stock, "", arrays | {name: Codes(names) for name, names in header["codes"].items()})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnusableBaseError(f"{type(error).__name__}: {error}") from error
    return stock, header["about"]


def _header(content: mmap.mmap) -> tuple[dict[str, Any], int]:
    length = int.from_bytes(content[len(MARK) : len(MARK) + LENGTH_BYTES], "little")
    digest = content[BEFORE_HEADER - DIGEST_BYTES : BEFORE_HEADER]
    header = content[BEFORE_HEADER : BEFORE_HEADER + min(length, len(content))]
    if content[: len(MARK)] != MARK or hashlib.sha256(header).digest() != digest:
        raise ValueError("its header is damaged")
    told: dict[str, Any] = json.loads(header)
    start = _aligned(BEFORE_HEADER + length)
    if len(content) != start + told["size"]:
        raise ValueError(f"it has {len(content)} bytes instead of {start + told['size']}")
    return told, start


def _view(content: mmap.mmap, start: int, each: Mapping[str, Any]) -> npt.NDArray[Any]:
    count = int(np.prod(each["shape"], dtype=np.int64))
    return np.frombuffer(content, np.dtype(each["type"]), count, start + each["place"]).reshape(each["shape"])


def _parts(value: Any, name: str) -> Iterator[tuple[str, Part]]:
    """Arrays and codes, by the path of fields that leads to them."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _parts(getattr(value, field.name), f"{name}.{field.name}")
    else:
        yield name, value


def _restored(kind: Any, name: str, parts: Mapping[str, Part]) -> Any:
    if not dataclasses.is_dataclass(kind):
        return parts[name]
    hints = get_type_hints(kind)
    fields = {
        field.name: _restored(hints[field.name], f"{name}.{field.name}", parts) for field in dataclasses.fields(kind)
    }
    return kind(**fields)  # type: ignore[operator]


def _aligned(place: int) -> int:
    return -(-place // ALIGNMENT) * ALIGNMENT


def flushed(file: BinaryIO) -> None:
    """Make sure that what was written lies on the disk."""
    file.flush()
    os.fsync(file.fileno())
