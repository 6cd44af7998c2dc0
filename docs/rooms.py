"""Draw docs/rooms.svg: the rooms of the code and who imports whom, read from the import statements.

python docs/rooms.py > docs/rooms.svg
"""

from __future__ import annotations

import ast
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).parents[1]
_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 128, 34, 24, 52, 16
"""Of a box and between boxes, in pixels."""
_STYLE = (
    "rect{fill:#f2f6fb;stroke:#44617b}text{font:14px sans-serif;text-anchor:middle;fill:#1c2b38}"
    "path{fill:none;stroke:#8fa3b5;stroke-width:1.2}svg{background:#fff}"
)


def room_of(module: str) -> str | None:
    """`nmt.corpus` of `nmt.corpus.check.run`; None outside the project and for single files of `nmt`."""
    parts = module.split(".")
    if parts[0] in {"service", "tokenizer"}:
        return parts[0]
    return ".".join(parts[:2]) if parts[0] == "nmt" and len(parts) > 1 and (ROOT / "nmt" / parts[1]).is_dir() else None


def imported_rooms() -> dict[str, set[str]]:
    """For each room, the rooms that it imports at the top of a file or inside a function."""
    found: dict[str, set[str]] = {}
    for top in ("nmt", "service", "tokenizer"):
        for path in sorted((ROOT / top).rglob("*.py")):
            room = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
            if room is None:
                continue
            used = found.setdefault(room, set())
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and (other := room_of(node.module or "")) and other != room:
                    used.add(other)
    return found


def floors(rooms: dict[str, set[str]]) -> list[list[str]]:
    """Rooms by floor, lowest first: each stands above all that it imports. Raises ValueError on a cycle."""
    placed: dict[str, int] = {}
    while len(placed) < len(rooms):
        ready = [room for room in rooms if room not in placed and rooms[room] <= placed.keys()]
        if not ready:
            raise ValueError(f"rooms import one another in a circle: {sorted(rooms.keys() - placed.keys())}")
        for room in ready:
            placed[room] = 1 + max((placed[other] for other in rooms[room]), default=-1)
    return [sorted(room for room in rooms if placed[room] == floor) for floor in range(max(placed.values()) + 1)]


def svg() -> str:
    """The drawing: the highest floor on top, an arrow from each room to those that it imports."""
    rooms = imported_rooms()
    levels = floors(rooms)
    width = max(map(len, levels)) * (_WIDTH + _GAP_X) - _GAP_X + 2 * _MARGIN
    height = len(levels) * (_HEIGHT + _GAP_Y) - _GAP_Y + 2 * _MARGIN
    place: dict[str, tuple[float, float]] = {}
    for number, level in enumerate(reversed(levels)):
        left = (width - len(level) * (_WIDTH + _GAP_X) + _GAP_X) / 2
        for column, room in enumerate(level):
            place[room] = left + column * (_WIDTH + _GAP_X), _MARGIN + number * (_HEIGHT + _GAP_Y)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">',
        f"<title>Rooms and imports</title><style>{_STYLE}</style>",
        '<marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<polygon points="0,0 8,4 0,8" fill="#8fa3b5"/></marker>',
    ]
    for room in sorted(rooms):
        for other in sorted(rooms[room]):
            (x, y), (to_x, to_y) = place[room], place[other]
            start, end, half = y + _HEIGHT, to_y - 1, _WIDTH / 2
            bend = (end - start) / 2
            lines.append(
                f'<path marker-end="url(#to)" d="M{x + half:g},{start:g} C{x + half:g},{start + bend:g} '
                f'{to_x + half:g},{end - bend:g} {to_x + half:g},{end:g}"/>'
            )
    for room, (x, y) in sorted(place.items()):
        lines.append(f'<rect x="{x:g}" y="{y:g}" width="{_WIDTH}" height="{_HEIGHT}" rx="5"/>')
        lines.append(f'<text x="{x + _WIDTH / 2:g}" y="{y + 22:g}">{escape(room)}</text>')
    return "\n".join([*lines, "</svg>"])


if __name__ == "__main__":
    print(svg())
