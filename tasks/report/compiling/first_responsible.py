"""Part three, 第一责任人职责: the four duties, each with its dated acts."""

from models.people.personal_duty import Duty
from models.report.figure import count
from models.report.report import describe_row
from tasks.report.compiling.blocks import Block, write_block
from tasks.report.compiling.material import YearMaterial
from tasks.report.compiling.quoted import quoted_figures

TEMPLATE = "first_responsible"
RULES = "law:" + "党政主要负责人履行推进法治建设第一责任人职责规定"

HEADINGS = {
    Duty.DEPLOY: "重要工作亲自部署",
    Duty.INQUIRE: "重大问题亲自过问",
    Duty.COORDINATE: "重点环节亲自协调",
    Duty.SUPERVISE: "重要任务亲自督办",
}
"""The four duties in the words and the order of the rules."""


def first_responsible(material: YearMaterial) -> list[Block]:
    """How often the leader acted, then the acts by duty and day.

    A duty without a record asks for one. An act on record under somebody who was not the first responsible
    person on its day is a proposal: whether it belongs here is for a person to say.
    """
    acts = count("第一责任人履职事项", "项", "act", (act.id for act in material.acts if act.in_person))
    overview = {"organ": material.organ, "acts": acts}
    blocks = [write_block(TEMPLATE, "overview", overview, sources=[RULES, *acts.rows], key="acts")]
    for duty, heading in HEADINGS.items():
        done = [act for act in material.acts if act.kind is duty]
        for act in done:
            row = describe_row("act", act.id)
            facts = {"on": act.on, "text": act.text, "document_number": act.document_number}
            blocks.append(
                write_block(
                    TEMPLATE,
                    "act",
                    facts,
                    heading=heading,
                    sources=[row],
                    figures=quoted_figures(act.text, row),
                    proposal=not act.in_person,
                    key=row,
                )
            )
        if not done:
            blocks.append(
                write_block(TEMPLATE, "nothing_yet", {"duty": duty.label}, heading=heading, key=f"nothing:duty:{duty}")
            )
    return blocks
