"""Refuses to start when another `flows`, `tasks` or `models` stands in front of ours.

The three names are common ones. A folder `models/` in the current directory of `python -m duban`, or on
PYTHONPATH, would be imported in place of ours and fail far from its cause, or not at all. So this module
imports nothing of the house, and runs before anything that does.
"""

import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("flows", "tasks", "models")


def shadows() -> Mapping[str, Path | None]:
    """Each package that Python finds elsewhere than beside us, with the file found, or None if it finds none.

    Looks only: nothing is imported.
    """
    home = Path(__file__).resolve().parent.parent
    found = {name: _file_of(name) for name in PACKAGES}
    return {name: file for name, file in found.items() if file != home / name / "__init__.py"}


def refuse_shadows() -> None:
    """Ends the program with exit code 1 and one Chinese line for each shadow; returns when there is none."""
    lines = [
        f"无法启动：程序包 {name} 被 {file} 遮蔽。请移走或改名该文件，或者换一个目录运行，并检查 PYTHONPATH。"
        if file
        else f"无法启动：缺少程序包 {name}，安装不完整。请重新安装 duban。"
        for name, file in shadows().items()
    ]
    if lines:
        sys.exit("\n".join(lines))


def _file_of(name: str) -> Path | None:
    spec = find_spec(name)
    if spec is None:
        return None
    place = spec.origin or next(iter(spec.submodule_search_locations or ()), None)
    return Path(place).resolve() if place else None
