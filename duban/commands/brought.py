"""A file that a command brings along: opened and searched before anything is written down."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tasks.files.check_upload import Examined

Vouched = Annotated[
    bool, typer.Option("--vouched", help="不涉密，本人负责：扫描件、图片、旧版文件等无法检查的，须写明。")
]


@contextmanager
def brought(file: Path) -> Iterator["Examined"]:
    """The file, open as long as the block lasts. Raises BadInputError where it may not come in."""
    from models.errors import BadInputError
    from tasks.files.check_upload import examine

    try:
        source = file.open("rb")
    except OSError as error:
        raise BadInputError(f"文件 {file} 无法打开：{error.strerror}。") from error
    with source:
        yield examine(file.name, source)
