"""Reads the weights of an ONNX graph in the order in which its nodes use them, without ONNX.

Only what the exporter (`nmt/training/export/graphs`) writes is understood: tensors with raw data, and graphs as
attributes of Scan and Loop. The file format is that of Protocol Buffers: a message is a sequence of fields, each with a
number and either an integer or bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_INTEGER, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5
_FIXED = {_EIGHT_BYTES: 8, _FOUR_BYTES: 4}
_DTYPES = {
    1: np.float32,
    2: np.uint8,
    3: np.int8,
    6: np.int32,
    7: np.int64,
    9: np.bool_,
    10: np.float16,
    11: np.float64,
}
"""Element types of a TensorProto, by number."""


@dataclass(frozen=True, slots=True)
class Node:
    """One operation of a graph."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    body: Graph | None
    """The graph that it repeats."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in the order in which they run, and constants by name."""

    nodes: list[Node] = field(default_factory=list)
    constants: dict[str, Array] = field(default_factory=dict)

    def walk(self, outer: Mapping[str, Array] | None = None) -> Iterator[tuple[Node, Mapping[str, Array]]]:
        """Yield all nodes, those of a body in place of the node that repeats it, with the constants they can read."""
        visible = {**(outer or {}), **self.constants}
        for node in self.nodes:
            if node.body is not None:
                yield from node.body.walk(visible)
            else:
                yield node, visible


def read_graph(model: bytes) -> Graph:
    """Return the graph of the ONNX file `model`. Raises ValueError where it is cut or holds what is not understood."""
    graphs = [value for number, value in _fields(memoryview(model)) if number == 7 and isinstance(value, memoryview)]
    if not graphs:
        raise ValueError("no graph in the file")
    return _graph(graphs[-1])


def _graph(message: memoryview) -> Graph:
    graph = Graph()
    for number, value in _fields(message):
        if number == 1 and isinstance(value, memoryview):
            graph.nodes.append(_node(value))
        elif number == 5 and isinstance(value, memoryview):
            name, array = _tensor(value)
            graph.constants[name] = array
    return graph


def _node(message: memoryview) -> Node:
    names: dict[int, list[str]] = {1: [], 2: [], 4: []}
    body = None
    for number, value in _fields(message):
        if number in names and isinstance(value, memoryview):
            names[number].append(bytes(value).decode())
        elif number == 5 and isinstance(value, memoryview):
            body = next((_graph(part) for key, part in _fields(value) if key == 6 and not isinstance(part, int)), body)
    return Node("".join(names[4]), tuple(names[1]), tuple(names[2]), body)


def _tensor(message: memoryview) -> tuple[str, Array]:
    shape: list[int] = []
    name, kind, raw = "", 0, memoryview(b"")
    for number, value in _fields(message):
        if number == 1:
            shape += [value] if isinstance(value, int) else _packed(value)
        elif number == 2 and isinstance(value, int):
            kind = value
        elif number == 8 and not isinstance(value, int):
            name = bytes(value).decode()
        elif number == 9 and not isinstance(value, int):
            raw = value
    if kind not in _DTYPES:
        raise ValueError(f"tensor {name!r} has elements of type {kind}")
    return name, np.frombuffer(raw, dtype=_DTYPES[kind]).reshape(shape)


def _packed(message: memoryview) -> list[int]:
    numbers, at = [], 0
    while at < len(message):
        number, at = _integer(message, at)
        numbers.append(number)
    return numbers


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield the number and the value of each field."""
    at = 0
    while at < len(message):
        key, at = _integer(message, at)
        if key & 7 == _INTEGER:
            value, at = _integer(message, at)
            yield key >> 3, value
            continue
        if key & 7 == _BYTES:
            size, at = _integer(message, at)
        elif key & 7 in _FIXED:
            size = _FIXED[key & 7]
        else:
            raise ValueError(f"field of kind {key & 7} at byte {at}")
        if at + size > len(message):
            raise ValueError(f"cut at byte {len(message)}")
        yield key >> 3, message[at : at + size]
        at += size


def _integer(message: memoryview, at: int) -> tuple[int, int]:
    """Return the integer of variable length at byte `at`, and where the next field begins."""
    value = shift = 0
    while at < len(message) and shift < 64:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
    raise ValueError(f"cut at byte {at}")
