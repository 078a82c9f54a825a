"""Files as office programs wrote them before 2007, small and harmless: a container of streams, and a workbook."""

import struct
from collections.abc import Mapping, Sequence

_SECTOR, _END, _FREE, _FAT = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_SMALLEST = 4096
"""Bytes; shorter streams would stand among the small ones, so each is filled up."""


def container(streams: Mapping[str, bytes]) -> bytes:
    """A compound file; a name with a slash stands in a storage of its own."""
    entries: list[list[object]] = [["Root Entry", 5, [], b""]]
    for path, content in streams.items():
        parent = 0
        *folders, name = path.split("/")
        for folder in folders:
            entries.append([folder, 1, [], b""])
            entries[parent][2].append(len(entries) - 1)  # type: ignore[attr-defined]
            parent = len(entries) - 1
        entries.append([name, 2, [], content.ljust(_SMALLEST, b"\0")])
        entries[parent][2].append(len(entries) - 1)  # type: ignore[attr-defined]
    body, fat = b"", [_FAT]

    def laid(content: bytes) -> int:
        nonlocal body
        first, count = len(fat), -(-len(content) // _SECTOR)
        fat.extend([*range(first + 1, first + count), _END])
        body += content.ljust(count * _SECTOR, b"\0")
        return first

    starts = [laid(bytes(entry[3])) if entry[1] == 2 else _END for entry in entries]  # type: ignore[call-overload]
    listed = b"".join(_entry(entries, number, starts[number]) for number in range(len(entries)))
    directory = laid(listed.ljust(-(-len(listed) // _SECTOR) * _SECTOR, b"\0"))
    assert len(fat) <= _SECTOR // 4
    table = b"".join(struct.pack("<I", one) for one in fat).ljust(_SECTOR, b"\xff")
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, directory, 0, _SMALLEST, _END, 0, _END, 0)
    head += struct.pack("<I", 0) + b"\xff" * (4 * 108)
    return head + table + body


def _entry(entries: Sequence[list[object]], number: int, start: int) -> bytes:
    """One of the directory; the children of a storage are a chain to the right, from the least name on."""
    name, kind, children, content = entries[number]
    right = child = _FREE

    def order(one: int) -> tuple[int, str]:
        return len(str(entries[one][0])), str(entries[one][0]).upper()

    for _, _, among, _ in entries:
        chain = sorted(among, key=order)  # type: ignore[call-overload]
        if number in chain and number != chain[-1]:
            right = chain[chain.index(number) + 1]
    if children:
        child = min(children, key=order)  # type: ignore[call-overload]
    written = str(name).encode("utf-16-le") + b"\0\0"
    return (
        written.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(written), kind, 1, _FREE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, len(content))  # type: ignore[arg-type]
    )


def old_sheet(
    rows: Sequence[Sequence[str | float]],
    *,
    locked: bool = False,
    more: Mapping[str, bytes] | None = None,
    hidden: Sequence[int] = (),
) -> bytes:
    """An .xls (or .et) of one sheet; a text like #N/A is a cell whose formula failed."""
    cells = b"".join(_record(0x0208, struct.pack("<HHHHHHI", row, 0, 9, 255, 0, 0, 0x20)) for row in hidden)
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            place = struct.pack("<HHH", row, column, 0)
            if value in _FAULTS:
                cells += _record(0x0205, place + bytes([_FAULTS[str(value)], 1]))
            elif isinstance(value, str):
                cells += _record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
            else:
                cells += _record(0x0203, place + struct.pack("<d", value))
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + locked * _record(0x002F, bytes(6))
    name = "台账".encode("utf-16-le")
    listed = _record(0x0085, struct.pack("<IHBB", 0, 0, 2, 1) + name)
    page = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)) + cells + _record(0x000A, b"")
    at = len(begin) + len(listed) + len(_record(0x000A, b""))
    listed = _record(0x0085, struct.pack("<IHBB", at, 0, 2, 1) + name)
    return container({"Workbook": begin + listed + _record(0x000A, b"") + page, **(more or {})})


_FAULTS = {"#DIV/0!": 7, "#N/A": 42}


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data
