"""PNG (ISO/IEC 15948) and JPEG (ITU-T T.81): that they are whole, and how large the picture becomes."""

import zlib
from typing import IO

from config.uploads.refusals import refuse_damaged, refuse_enormous

MOST_PIXELS = 100_000_000
"""A sheet of A3 scanned at 600 dpi has 70 million."""
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_START_OF_FRAME = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_START_OF_SCAN = 0xDA
_END_OF_IMAGE = b"\xff\xd9"


def check_png(content: IO[bytes]) -> None:
    """Refuse pictures that are cut off, damaged, followed by anything, or enormous."""
    given = memoryview(content.read())
    position, seen = len(PNG_SIGNATURE), 0
    if bytes(given[:position]) != PNG_SIGNATURE:
        refuse_damaged()
    while position < len(given):
        length = int.from_bytes(given[position : position + 4], "big")
        body = given[position + 4 : position + 8 + length]
        position += 12 + length
        if position > len(given) or zlib.crc32(body) != int.from_bytes(given[position - 4 : position], "big"):
            refuse_damaged()
        kind = bytes(body[:4])
        if seen == 0:
            _check_png_header(kind, bytes(body[4:]))
        if kind == b"IEND":
            break
        seen += 1
    else:
        refuse_damaged()
    if position != len(given):
        refuse_damaged()


def check_jpeg(content: IO[bytes]) -> None:
    """Refuse pictures without dimensions, without an end, or enormous.

    Telephones append a second picture after the end of the first, so what follows the end is let be.
    """
    given = content.read()
    position, sized = 2, False
    if given[:2] != b"\xff\xd8":
        refuse_damaged()
    while True:
        while given[position : position + 1] == b"\xff" and given[position + 1 : position + 2] == b"\xff":
            position += 1  # fill bytes
        if given[position : position + 1] != b"\xff" or position + 4 > len(given):
            refuse_damaged()
        marker = given[position + 1]
        position += 2
        if marker in _WITHOUT_LENGTH:
            continue
        length = int.from_bytes(given[position : position + 2], "big")
        if length < 2 or position + length > len(given):
            refuse_damaged()
        if marker in _START_OF_FRAME:
            sized = True
            _check_dimensions(given[position + 5 : position + 7], given[position + 3 : position + 5])
        position += length
        if marker == _START_OF_SCAN:
            break
    if not sized or given.find(_END_OF_IMAGE, position) < 0:
        refuse_damaged()


def _check_png_header(kind: bytes, header: bytes) -> None:
    if kind != b"IHDR" or len(header) != 13:
        refuse_damaged()
    _check_dimensions(header[:4], header[4:8])


def _check_dimensions(width: bytes, height: bytes) -> None:
    across, down = int.from_bytes(width, "big"), int.from_bytes(height, "big")
    if across == 0 or down == 0:
        refuse_damaged()
    if across * down > MOST_PIXELS:
        refuse_enormous()
