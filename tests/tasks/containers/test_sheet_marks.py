"""What a sheet says of its cells is found by its own cells alone, however they are written."""

import io

import pytest

from tasks.containers.sheet_marks import Marks, read_marks
from tests.documents import added, sheet


def marks(cells: str) -> Marks:
    markup = f"<worksheet><sheetData><row r='1'>{cells}</row></sheetData></worksheet>"
    (found,) = read_marks(io.BytesIO(added(sheet(["甲"]), {"xl/worksheets/sheet1.xml": markup}))).sheets.values()
    return found


@pytest.mark.parametrize(
    ("cells", "broken"),
    [
        pytest.param('<c r="A1" t="e"><v>#DIV/0!</v></c>', {(0, 0): "#DIV/0!"}, id="an error"),
        pytest.param('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', {(0, 0): "#DIV/0!"}, id="of a formula"),
        pytest.param('<x:c r="A1" t="e"><x:v>#N/A</x:v></x:c>', {(0, 0): "#N/A"}, id="with a prefix"),
        pytest.param('<c r="A1" t="e"/><c r="B1"><v>5</v></c>', {}, id="an empty one before a sound one"),
        pytest.param('<c r="A1" t="e"></c><c r="B1"><v>5</v></c>', {}, id="an empty one that is closed"),
        pytest.param('<c r="A1"><f>B1+1</f></c>', {(0, 0): "=B1+1"}, id="a formula without a value"),
        pytest.param('<c r="A1"><f>B1&lt;1</f><v/></c>', {(0, 0): "=B1<1"}, id="with an empty value"),
        pytest.param('<c r="A1"><f>B1+1</f><v>2</v></c>', {}, id="a formula with a value"),
        pytest.param('<!-- <c r="A1" t="e"> --><c r="B1"><v>5</v></c>', {}, id="in a remark"),
    ],
)
def test_a_cell_is_broken_by_what_stands_in_it_itself(cells: str, broken: dict[tuple[int, int], str]) -> None:
    assert marks(cells).broken == broken
