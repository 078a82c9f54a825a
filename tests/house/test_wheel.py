"""What an office installs: our four packages whole, and nothing beside them."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("duban", "flows", "models", "tasks")


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names of all files in a wheel built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [wheel] = folder.glob("*.whl")
    with ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_top_level_is_our_four_packages_and_the_record_of_the_distribution(packed: list[str]) -> None:
    tops = {name.split("/")[0] for name in packed}

    assert sorted(name for name in tops if not name.endswith(".dist-info")) == list(PACKAGES)
    assert [name.split("-")[0] for name in tops if name.endswith(".dist-info")] == ["duban"]


def test_every_file_of_the_packages_rides_along(packed: list[str]) -> None:
    on_disk = [
        file.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    ]

    examples = [
        f"duban/{file.relative_to(ROOT).as_posix()}" for file in (ROOT / "examples").rglob("*") if file.is_file()
    ]
    assert sorted(name for name in packed if ".dist-info/" not in name) == sorted([*on_disk, *examples])


@pytest.mark.parametrize("kind", ["models/migrations/*.py", "duban/web/templates/*", "duban/web/static/*.css"])
def test_what_is_no_module_is_in_the_wheel_too(packed: list[str], kind: str) -> None:
    assert [name for name in packed if Path(name).match(kind)]


def test_the_licence_is_in_the_wheel(packed: list[str]) -> None:
    assert [name for name in packed if name.endswith(".dist-info/licenses/LICENSE")]
