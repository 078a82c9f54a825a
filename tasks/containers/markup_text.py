"""Every text of an XML part, line by line, as a person would see it: streamed, and freed as it is read.

Nothing is left out: deleted text, fields, names of sheets and pictures in attributes. What is one word on the page
is one word here, however many pieces the program that wrote it cut it into.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

LONGEST_LINE = 1_000_000
"""Characters; a longer one is told in pieces that overlap."""
_OVERLAP = 200

_PIECES = frozenset({"t", "delText", "instrText", "delInstrText", "span", "a", "ruby", "ruby-base", "ruby-text"})
"""Elements that hold a piece of a line: what stands behind goes on in it. By any other with a text a line ends."""
_ENDS = frozenset(
    {"p", "h", "br", "cr", "tab", "line-break", "si", "is", "c", "tc", "tr", "row", "table-cell", "comment", "text"}
)
_PICTURES = frozenset({"blip", "imagedata", "ImageObject", "image", "OLEObject"})
_SHEET_HEADS = frozenset({"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"})
_LONGEST_SIGN = 9
"""Bytes by which a letter is written at most."""
_HELD = (b"<v>", b"<t>", b"<t ")
"""How in a sheet begins what a cell holds."""
_HEAD_CODES = re.compile(r"&(?:[LCRPNDTFAGZBIUESXYOH]|\"[^\"]*\"|\d+|K[0-9A-Fa-f]{6})")


class MalformedMarkupError(ValueError):
    """The part is no sound XML, or declares a document type, which no office program does."""


@dataclass
class MarkupText:
    """What one part holds: fed piece by piece, it yields the lines that are whole."""

    characters: int = 0
    """Of text, blanks not counted, attributes not counted."""
    pictures: int = 0
    _line: list[str] = field(default_factory=list)
    _length: int = 0
    _whole: list[str] = field(default_factory=list)
    _open: list[bool] = field(default_factory=list)
    """Of each element that is open, whether it held a text itself."""

    def lines(self, chunks: Iterable[bytes]) -> Iterator[str]:
        """The lines of the part. Raises MalformedMarkupError."""
        parser = sound_parser()
        parser.buffer_text = True
        parser.buffer_size = 64 * 1024
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._say
        for chunk in chunks:
            feed(parser, chunk)
            yield from self._told()
        feed(parser, b"", last=True)
        self._break()
        yield from self._told()

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if local_name(name) in _PICTURES:
            self.pictures += 1
        # Most say a measure or a colour; what people write has other letters.
        self._whole += [value for value in attributes.values() if not value.isascii()]
        self._open.append(False)

    def _end(self, name: str) -> None:
        spoke, local = self._open.pop(), local_name(name)
        if local in _SHEET_HEADS:
            self._line[:] = [_HEAD_CODES.sub("\n", "".join(self._line))]
        if local in _ENDS or (spoke and local not in _PIECES):
            self._break()

    def _say(self, text: str) -> None:
        if self._open:
            self._open[-1] = self._open[-1] or not text.isspace()
        self.characters += len(text) - text.count(" ") - text.count("\n")
        self._line.append(text)
        self._length += len(text)
        if self._length > LONGEST_LINE:
            tail = "".join(self._line)[-_OVERLAP:]
            self._break()
            self._line, self._length = [tail], len(tail)

    def _break(self) -> None:
        if self._line:
            self._whole.append("".join(self._line))
            self._line, self._length = [], 0

    def _told(self) -> Iterator[str]:
        told, self._whole = self._whole, []
        yield from (line for line in told if line and not line.isspace())


class MarkupGlance:
    """Whether a letter can stand anywhere in a part, found out without reading a word of it: many times as fast.

    A letter stands in a part as its bytes or as its number, or the part is written in another code than UTF-8.
    """

    def __init__(self, letter: str) -> None:
        number = ord(letter)
        # Of a number with a nought before it nothing is known; lines end by the numbers 10 and 13.
        self._sign = re.compile(b"%s|&#(?:%d;|x%x;|x?0)" % (letter.encode(), number, number), re.IGNORECASE)
        self.possible = False
        self.texts = 0
        """How many cells and strings of a sheet hold something."""

    def read(self, chunks: Iterable[bytes]) -> None:
        """The whole part. Raises MalformedMarkupError as `MarkupText` does."""
        parser = sound_parser()
        parser.XmlDeclHandler = self._declared
        before = b""
        for chunk in chunks:
            feed(parser, chunk)
            if not before:
                # Two bytes a letter, whether the part says so or not.
                self.possible = self.possible or b"\0" in chunk[:4]
            both = before + chunk
            self.possible = self.possible or self._sign.search(both) is not None
            self.texts += sum(map(chunk.count, _HELD))
            before = both[-_LONGEST_SIGN:]
        feed(parser, b"", last=True)

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.possible = self.possible or (encoding is not None and encoding.lower() != "utf-8")


class MarkupCount:
    """How many elements parts hold, and whether one of those named is among them; nothing of them is held."""

    def __init__(self, names: frozenset[str]) -> None:
        self.elements, self.found, self._names = 0, False, names

    def read(self, chunks: Iterable[bytes]) -> Iterator[int]:
        """The elements so far, after each piece of a part. Raises MalformedMarkupError."""
        parser = sound_parser()
        parser.StartElementHandler = self._begin
        for chunk in chunks:
            feed(parser, chunk)
            yield self.elements
        feed(parser, b"", last=True)

    def _begin(self, name: str, _attributes: dict[str, str]) -> None:
        self.elements += 1
        self.found = self.found or local_name(name) in self._names


def sound_parser() -> expat.XMLParserType:
    """A parser that refuses a document type; what it is fed goes through `feed`."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_declaration
    return parser


def feed(parser: expat.XMLParserType, chunk: bytes, *, last: bool = False) -> None:
    """Go on with the next piece. Raises MalformedMarkupError."""
    try:
        parser.Parse(chunk, last)
    except expat.ExpatError as error:
        raise MalformedMarkupError(str(error)) from error


def local_name(name: str) -> str:
    """The name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


def _refuse_declaration(*_: object) -> None:
    raise MalformedMarkupError("document type")
