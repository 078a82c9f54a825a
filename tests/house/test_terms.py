"""One name for one thing: words that the table of docs/glossary.md calls not used stand in no text a person reads."""

import re

from tests.house.test_punctuation import read_by_people, texts_of
from tests.house.test_tree import ROOT

ROW = re.compile(r"^\| (?P<used>[^|`]+) \| (?P<unused>[^|`]+) \| [^|]+ \|$")


def _table() -> dict[str, str]:
    """Each word not used, and the one in its place."""
    _, found, table = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").partition("## One name for one thing")
    assert found
    rows = [ROW.match(line) for line in table.splitlines() if line.startswith("| ")][1:]
    return {word: row["used"] for row in rows if row is not None for word in row["unused"].split("、")}


def test_a_word_that_is_not_used_stands_in_no_text() -> None:
    words = _table()
    found = [
        f"{file.relative_to(ROOT)}:{number}: {word} → {used}"
        for file in read_by_people()
        for number, line in texts_of(file)
        for word, used in words.items()
        if word in line
    ]
    assert found == []


def test_the_table_says_one_word_for_each_and_no_word_is_both() -> None:
    words = _table()
    assert len(words) > 10
    assert not words.keys() & set(words.values())
