"""Where marks of charts stand: whole numbers for SVG, computed on the server. Pages need no script for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

TILE_WIDTH, TILE_HEIGHT = 78, 50
TILES = {
    "12": (0, 0),
    "15": (1, 0),
    "08": (2, 0),
    "04": (3, 0),
    "11": (0, 1),
    "14": (1, 1),
    "25": (2, 1),
    "19": (3, 1),
    "20": (4, 1),
    "01": (2, 2),
    "24": (3, 2),
    "22": (4, 2),
    "33": (3, 3),
    "31": (4, 3),
    "38": (2, 4),
    "37": (3, 4),
    "40": (2, 5),
    "42": (2, 6),
    "44": (3, 7),
    "46": (3, 8),
    "48": (4, 9),
    "51": (4, 10),
    "52": (4, 11),
    "66": (4, 12),
    "80": (1, 13),
    "75": (2, 13),
    "68": (3, 13),
    "56": (4, 13),
    "91": (0, 14),
    "82": (1, 14),
    "79": (2, 14),
    "96": (0, 15),
    "92": (1, 15),
    "86": (2, 15),
}
"""Column and row of each province since July 2025, by code: about where it lies, each as large as any other. Laid by
hand: outlines of the new provinces that may be passed on freely were not to be had."""


@dataclass(frozen=True)
class Tile:
    """A province on the map; its shade in percent follows the number."""

    x: int
    y: int
    shade: str
    row: Any


@dataclass(frozen=True)
class Map:
    width: int
    height: int
    tiles: Sequence[Tile]


def tile_map(rows: Sequence[Any], codes: Sequence[str], sizes: Sequence[int]) -> Map:
    """A tile for each province. One that the map does not know stands in a row of its own below."""
    below = 1 + max((TILES[code][1] for code in codes if code in TILES), default=-1)
    strange = {code: (place, below) for place, code in enumerate(code for code in codes if code not in TILES)}
    places = [TILES.get(code) or strange[code] for code in codes]
    most = max(sizes, default=0)
    tiles = [
        Tile(x=column * TILE_WIDTH, y=line * TILE_HEIGHT, shade=_shade(size, most), row=row)
        for row, size, (column, line) in zip(rows, sizes, places, strict=True)
    ]
    width = max((tile.x for tile in tiles), default=0) + TILE_WIDTH
    return Map(width, max((tile.y for tile in tiles), default=0) + TILE_HEIGHT, tiles)


def _shade(size: int, most: int) -> str:
    """From 0 to 1, as SVG writes it in any language."""
    return f"{sqrt(size / most) if size else 0:.2f}"


def width_pct(value: float | None, most: float) -> int:
    """How long a bar is, of 100."""
    return round(100 * min(value or 0, most) / most) if most else 0


@dataclass(frozen=True)
class Column:
    """A column of a chart of shares: its top, its height and its middle."""

    x: int
    y: int
    height: int
    row: Any


@dataclass(frozen=True)
class Columns:
    """A chart of shares in percent, one column for each row, with a line at the goal."""

    width: int
    columns: Sequence[Column]
    goal_y: int
    base_y: int


STEP, TALLEST, HEAD = 84, 140, 24
"""From one column to the next; of a column of `most` percent; room above it for its figure."""


def share_columns(
    rows: Iterable[Any], shares: Sequence[float | None], goal: float, *, most: float | None = None
) -> Columns:
    """Columns of shares; the scale ends a little above `most`, or above the largest of them and of the goal."""
    most = (most or max([goal, *(share or 0 for share in shares)])) * 1.1 or 1
    base = HEAD + TALLEST
    columns = []
    for position, (row, share) in enumerate(zip(rows, shares, strict=True)):
        height = round(TALLEST * (share or 0) / most)
        columns.append(Column(x=STEP * position + STEP // 2, y=base - height, height=height, row=row))
    return Columns(STEP * len(columns), columns, goal_y=base - round(TALLEST * goal / most), base_y=base)


@dataclass(frozen=True)
class RankMark:
    """A rank in one of the orders."""

    x: int
    y: int
    rank: int


@dataclass(frozen=True)
class RankLine:
    """How one name stands in all orders; `moves` where not everywhere alike."""

    name: str
    y: int
    points: str
    marks: Sequence[RankMark]
    moves: bool


@dataclass(frozen=True)
class RankLines:
    """Names on the left, and from order to order a line for each."""

    width: int
    height: int
    columns: Sequence[int]
    lines: Sequence[RankLine]


NAME_WIDTH, ORDER_STEP, LINE_STEP = 230, 130, 28
"""Room for names; from one order to the next; from one rank to the next."""


def rank_lines(names: Sequence[str], orders: Sequence[Sequence[int]]) -> RankLines:
    """Lines through the ranks that names have in several orders. Who share a rank stand below each other, in the order
    of the names."""
    columns = [NAME_WIDTH + ORDER_STEP * place + ORDER_STEP // 2 for place in range(len(orders))]
    heights = [_heights(ranks) for ranks in orders]
    lines = []
    for row, name in enumerate(names):
        marks = [
            RankMark(x, height[row], ranks[row]) for x, height, ranks in zip(columns, heights, orders, strict=True)
        ]
        points = " ".join(f"{mark.x},{mark.y}" for mark in marks)
        moves = len({mark.rank for mark in marks}) > 1
        lines.append(RankLine(name, heights[0][row], points, marks, moves))
    return RankLines(NAME_WIDTH + ORDER_STEP * len(orders), HEAD + LINE_STEP * len(names), columns, lines)


def _heights(ranks: Sequence[int]) -> dict[int, int]:
    """By row, where it stands."""
    order = sorted(range(len(ranks)), key=lambda row: (ranks[row], row))
    return {row: HEAD + LINE_STEP * place + LINE_STEP // 2 for place, row in enumerate(order)}
