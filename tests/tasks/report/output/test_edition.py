"""What leaves the house: the internal edition, the public one with the list of what it leaves out, and the gate."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from models.database import unit_of_work
from models.errors import BadInputError
from models.ledgers.measure import OWN_BOOKS
from models.report.report import SectionKind
from tasks.report.compiling.template import ReportTemplate
from tasks.report.desk.edit_block import add_block, confirm_block, edit_block
from tasks.report.desk.mark_block import mark_figure, mark_internal, withdraw_block
from tasks.report.desk.set_report_template import set_report_template
from tasks.report.output.edition import edition_of
from tests.desk import DeskYear, on_the_desk
from tests.filing import vouch


@pytest.fixture
def desk(any_engine: Engine) -> Any:
    with unit_of_work(any_engine) as session:
        desk = on_the_desk(session)
        vouch(session, desk.year.organ, 2025)
        yield desk


def texts(desk: DeskYear, *, public: bool) -> list[str]:
    return [block.text for block in edition_of(desk.session, desk.newest, public=public).compiled.blocks]


def left_out(desk: DeskYear) -> list[tuple[str, str]]:
    """What is left out besides the paragraph on the year's tasks."""
    overview, *rest = edition_of(desk.session, desk.newest, public=True).left_out
    assert overview.why == OWN_BOOKS
    return [(one.what, one.why) for one in rest]


def test_an_internal_block_stays_out_of_the_public_edition_and_is_listed(desk: DeskYear) -> None:
    assert left_out(desk) == []
    mark_internal(desk.session, desk.newest, "deficiency:1", by=desk.by(), reason="内部掌握")
    whole, public = texts(desk, public=False), texts(desk, public=True)
    assert [text for text in whole if text not in public][1:] == [desk.block("deficiency:1").text]
    assert left_out(desk) == [("推进法治政府建设存在的不足和原因：普法渠道较为单一。账号缺少专人维护。", "内部掌握")]


def test_what_is_withdrawn_is_in_neither(desk: DeskYear) -> None:
    withdraw_block(desk.session, desk.newest, "deficiency:1", by=desk.by())
    assert not any("普法渠道" in text for public in (True, False) for text in texts(desk, public=public))
    assert left_out(desk) == []


def test_a_sentence_that_quotes_an_internal_figure_is_left_out_wherever_it_stands(desk: DeskYear) -> None:
    report = desk.newest
    edit_block(desk.session, report, "ledger:case", by=desk.by(), text="办理案件13起。罚款合计30000元。")
    add_block(desk.session, report, by=desk.by(), section=SectionKind.OTHER, text="其中罚款3万元。", basis="台账")
    mark_figure(desk.session, report, "ledger:case", "罚款金额", by=desk.by(), reason="正在复议")
    public = edition_of(desk.session, report, public=True)
    assert "办理案件13起。" in texts(desk, public=True)
    assert [section.kind for section in public.compiled.sections][-1] is SectionKind.NEXT_YEAR
    assert left_out(desk) == [
        ("2025年推进法治政府建设的主要举措和成效：罚款合计30000元。", "数字“罚款金额”不公开：正在复议"),
        ("其他需要报告的情况：其中罚款3万元。", "数字“罚款金额”不公开：正在复议"),
    ]
    assert not any(figure.internal for block in public.compiled.blocks for figure in block.figures)
    assert "办理案件13起。罚款合计30000元。" in texts(desk, public=False)


def test_parts_that_become_empty_are_left_out_and_the_rest_is_numbered_through(desk: DeskYear) -> None:
    for key in [key for key in desk.listed() if key.startswith(("deficiency", "missed"))]:
        mark_internal(desk.session, desk.newest, key, by=desk.by(), reason="内部掌握")
    numbered = [section.number for section in edition_of(desk.session, desk.newest, public=True).compiled.sections]
    assert numbered == ["一、", "二、", "三、"]


@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize("text", ["本件密级：机密。", "见附件（秘密）。", "机密★1年，见附件。"])
def test_a_secrecy_marking_stops_both_editions(any_engine: Engine, text: str, public: bool) -> None:
    with unit_of_work(any_engine) as session:
        desk = on_the_desk(session)
        desk.block("deficiency:1").text = f"普法渠道单一。{text}"
        session.flush()
        with pytest.raises(BadInputError, match=r"“推进法治政府建设存在的不足和原因”中有密级标志“.*密") as refusal:
            edition_of(session, desk.newest, public=public)
        assert text[:4] in refusal.value.message


def test_speaking_of_secrecy_is_no_marking(desk: DeskYear) -> None:
    edit_block(desk.session, desk.newest, "deficiency:1", by=desk.by(), text="保密审查和机密文件管理制度还不健全。")
    assert "保密审查和机密文件管理制度还不健全。" in texts(desk, public=True)


def test_the_same_version_gives_the_same_edition(desk: DeskYear, any_engine: Engine) -> None:
    def told(session: Session) -> object:
        return edition_of(session, desk.newest, public=True)

    assert told(desk.session) == told(desk.session)


def test_a_word_the_office_keeps_to_itself_stops_the_public_edition_alone(desk: DeskYear) -> None:
    template = ReportTemplate(kept_words=("渠道较为单一",))
    set_report_template(desk.session, desk.year.organ, template, by=desk.by())

    assert any("渠道较为单一" in text for text in texts(desk, public=False))
    with pytest.raises(BadInputError, match="不足和原因”中有本单位不公开的词“渠道较为单一”"):
        texts(desk, public=True)
    mark_internal(desk.session, desk.newest, "deficiency:1", by=desk.by(), reason="内部掌握")
    assert not any("渠道较为单一" in text for text in texts(desk, public=True))


def test_a_public_edition_with_marks_left_is_refused_with_their_places(desk: DeskYear) -> None:
    edit_block(desk.session, desk.newest, "ledger:case", by=desk.by(), text="办理案件13起。罚款1326.4万元。")
    add_block(desk.session, desk.newest, by=desk.by(), section=SectionKind.OTHER, text="另有来文。")

    assert "另有来文。" in texts(desk, public=False)
    with pytest.raises(BadInputError, match=r"公开版中还有待核 1 处、数字无据 1 处.*“罚款1326.4万元”.*“另有来文”"):
        texts(desk, public=True)
    proof = edition_of(desk.session, desk.newest, public=True, proof=True)
    assert [one.why for one in proof.left_out] == [OWN_BOOKS]

    mark_internal(desk.session, desk.newest, "ledger:case", by=desk.by(), reason="内部掌握")
    confirm_block(desk.session, desk.newest, desk.listed()[-1], by=desk.by(), basis="收文登记簿")
    assert "另有来文。" in texts(desk, public=True)
