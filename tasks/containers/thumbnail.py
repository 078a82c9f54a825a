"""A small picture of a picture, or of the first page of a PDF file, drawn in a process of its own.

A file of a few megabytes may unpack to gigabytes of pixels: what draws it is held to so much memory and so many
seconds, and a file it cannot get through has no small picture.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

WIDTH, HEIGHT = 240, 180
"""Pixels of every small picture; what is narrower or lower stands in the middle."""
LONGEST = 20
"""Seconds the drawing may take."""
MOST_MEMORY = 1024 * 1024 * 1024
"""Bytes of address space of the process that draws, where the system can hold it to them."""
DRAWN = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
"""Kinds of files that a small picture is made of, and how the typesetter calls them."""

_PROGRAM = f"""
#set page(width: {WIDTH}pt, height: {HEIGHT}pt, margin: 0pt, fill: white)
#image("/{{name}}", width: 100%, height: 100%, fit: "contain")
"""


def thumbnail(source: BinaryIO, media_type: str, *, longest: float = LONGEST) -> bytes | None:
    """A PNG file of `WIDTH` by `HEIGHT` pixels; None for what is not drawn, and for what cannot be within the bounds.

    `source` is read from its beginning and is left anywhere.
    """
    ending = DRAWN.get(media_type)
    if ending is None:
        return None
    source.seek(0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"drawn.{ending}"
        with path.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        try:
            ran = subprocess.run(  # noqa: S603 - our own program, and a path of our own
                [sys.executable, "-m", "tasks.containers.thumbnail", str(path)],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=longest,
                check=True,
                env=os.environ | {"RAYON_NUM_THREADS": "1"},
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
            return None
    return ran.stdout


def _draw(path: Path) -> bytes:
    import typst

    compiler = typst.Compiler(root=path.parent, font_paths=typst.Fonts(include_system_fonts=False))
    made = compiler.compile(_PROGRAM.format(name=path.name).encode(), format="png", ppi=72)
    assert isinstance(made, bytes)  # noqa: S101 - the program has one page
    return made


def _held() -> None:
    """Keep this process within its memory, and let it leave no image of it, where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _held()
    sys.stdout.buffer.write(_draw(Path(sys.argv[1])))
