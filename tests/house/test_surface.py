"""Nothing people and programs hold on to goes or changes by accident."""

from tests.house.surface import RECORDED, surface


def test_commands_addresses_and_fields_are_as_recorded() -> None:
    """A change that is meant is recorded by `python -m tests.house.surface` and travels with its commit."""
    assert surface() == RECORDED.read_text(encoding="utf-8").splitlines()
