"""Names of files as people gave them, made harmless."""

import re
import unicodedata

LONGEST_NAME_BYTES = 255
"""What the common file systems take."""
LONGEST_EXTENSION = 16
_BREAKS_PATHS = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(?:CON|PRN|AUX|NUL|COM\d|LPT\d)", re.IGNORECASE)
"""Names that Windows keeps for devices, whatever the extension."""


def safe_name(given: str) -> str:
    """The last part of a path as one line of visible characters, at most 255 bytes long, with its extension.

    Composed (NFC); without signs that reverse, hide or control text, and without those that some file system refuses.
    Never empty, never hidden, never the name of a device.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    visible = "".join(" " if sign.isspace() else sign for sign in last if sign.isspace() or sign.isprintable())
    stem, extension = extension_of(" ".join(_BREAKS_PATHS.sub("_", visible).split()).rstrip(". "))
    stem = stem.strip(". ") or "document"
    if _DEVICES.fullmatch(stem.partition(".")[0].strip()):
        stem = f"_{stem}"
    return _cut(stem, LONGEST_NAME_BYTES - len(extension.encode())) + extension


def extension_of(name: str) -> tuple[str, str]:
    """The name before its last dot, and the rest with the dot in small letters: ("scan", ".pdf")."""
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > LONGEST_EXTENSION:
        return name, ""
    return stem, f".{extension.lower()}"


def _cut(text: str, most_bytes: int) -> str:
    """No more than so many bytes, without half a character at the end."""
    return text.encode()[:most_bytes].decode(errors="ignore").rstrip(". ")
