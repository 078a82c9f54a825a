"""Words as the search knows them: pairs of characters, cut alike by Python and PostgreSQL, and marked where found."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import text

from models.errors import BadInputError
from models.words import CUT_IN_POSTGRESQL, cut, excerpt, marked, words_of
from tests.databases import disposed


@pytest.mark.parametrize(
    ("said", "tokens"),
    [
        ("督办单", "督办 办单 单"),
        ("督", "督"),
        ("督办〔2026〕3号", "督办 办 2026 3 号"),
        ("ＡＢ１２", "ab12"),
        ("第３项,完成", "第 3 项 完成 成"),
        ("二〇二六年", "二〇 〇二 二六 六年 年"),
        ("①", "1"),
        ("买买提·艾力", "买买 买提 提 艾力 力"),
        ("…、。《》——", ""),
    ],
)
def test_a_text_is_cut_into_pairs_and_whole_numbers(said: str, tokens: str) -> None:
    assert cut(7, said) == " ".join(f"7o{token}" for token in tokens.split())


LETTERS = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs", "Cn", "Co")),
        st.sampled_from("督办任务第项号〔〕,。 aAzZ09１Ａ〇々·𠮷㐀'\\:*&|!"),
    ),
    max_size=40,
)


@pytest.mark.postgres
def test_postgresql_cuts_alike(postgres_database: str) -> None:
    with disposed(postgres_database) as engine, engine.connect() as connection:
        connection.exec_driver_sql(CUT_IN_POSTGRESQL)

        @given(LETTERS)
        @example("İstanbul ÅNGSTRÖM Straße ẞ")
        def alike(said: str) -> None:
            listed = connection.execute(
                text(
                    "SELECT t.lexeme, p FROM unnest(search_words(7, :said)) AS t, unnest(t.positions) AS p ORDER BY p"
                ),
                {"said": said},
            )
            assert " ".join(lexeme for lexeme, _ in listed) == cut(7, said)

        alike()


@given(LETTERS, st.data())
def test_any_part_of_a_chinese_text_is_found_in_it(said: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(said)))
    part = said[start : data.draw(st.integers(start, min(len(said), start + 60)))]
    try:
        words = words_of(part)
    except BadInputError:
        return
    held = f" {cut(7, said)} "

    for word in words:
        if not word.runs[0][0].isascii():
            row = " " + " ".join(f"7o{token}" for token in word.tokens)
            assert (f"{row} " if word.ended else row) in held


@given(LETTERS, LETTERS)
def test_marking_loses_no_letter(said: str, query: str) -> None:
    assert "".join(piece for piece, _ in marked(said, words_of(query[:8]))) == said


@pytest.mark.parametrize(
    ("said", "query", "pieces"),
    [
        ("召开普法讲座", "普法", [("召开", False), ("普法", True), ("讲座", False)]),
        ("督办〔２０２６〕3号", "2026", [("督办〔", False), ("２０２６", True), ("〕3号", False)]),
        ("2026与26", "26", [("2026与", False), ("26", True)]),
        ("1.9和1.10和10", "1.", [("1", True), (".9和", False), ("1", True), (".10和10", False)]),
        ("<b>普", "普 b", [("<", False), ("b", True), (">", False), ("普", True)]),
        ("无", "有", [("无", False)]),
        ("无", "", [("无", False)]),
    ],
)  # fmt: skip
def test_words_are_marked_where_they_stand(said: str, query: str, pieces: list[tuple[str, bool]]) -> None:
    assert marked(said, words_of(query)) == pieces


def test_an_excerpt_is_of_the_text_that_has_the_words_and_shows_what_stands_around() -> None:
    long = "前" * 100 + "普法" + "后" * 100

    told = excerpt([None, "别的", long], words_of("普法"))

    assert told == [("…" + "前" * 36, False), ("普法", True), ("后" * 70 + "…", False)]
    assert excerpt(["别的"], words_of("普法")) == [("别的", False)]
    assert excerpt(["别的"], words_of("普法"), needed=False) == ()
    assert excerpt([], words_of("普法")) == []
