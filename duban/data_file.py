"""Files of data that a command takes: JSON, or TOML by the ending."""

import json
import tomllib
from pathlib import Path
from typing import Any

from models.errors import UnreadableFileError


def read_data(file: Path) -> Any:
    """What the file says. Raises UnreadableFileError for one that cannot be opened or is neither."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        return tomllib.loads(text) if file.suffix.lower() == ".toml" else json.loads(text)
    except OSError as error:
        raise UnreadableFileError(f"文件 {file} 无法打开：{error.strerror}。") from error
    except ValueError as error:
        raise UnreadableFileError(f"文件 {file} 不是有效的 JSON 或 TOML：{error}。") from error
