"""Part three, 第一责任人职责: the four duties in one sentence, then what was heard, decided, instructed, by subject."""

from collections.abc import Iterable
from dataclasses import replace

from models.people.personal_duty import Duty
from models.report.figure import count
from models.report.report import describe_row
from tasks.report.compiling.blocks import INSTRUCTED, Block, write_block
from tasks.report.compiling.material import ActRow, YearMaterial
from tasks.report.compiling.quoted import quoted_figures

TEMPLATE = "first_responsible"
RULES = "law:" + "党政主要负责人履行推进法治建设第一责任人职责规定"

DUTIES = {
    Duty.DEPLOY: "重要工作亲自部署",
    Duty.INQUIRE: "重大问题亲自过问",
    Duty.COORDINATE: "重点环节亲自协调",
    Duty.SUPERVISE: "重要任务亲自督办",
}
"""The four duties in the words and the order of the rules."""


def first_responsible(material: YearMaterial) -> list[Block]:
    """The duties on record in one sentence, what was heard, each other act by subject, and how often was instructed.

    What an instruction says is internal. Duties without a record are asked for. An act on record under somebody who
    was not the first responsible person on its day is a proposal: whether it belongs here is for a person to say.
    """
    own = [act for act in material.acts if act.in_person]
    on_record = [words for duty, words in DUTIES.items() if any(act.kind is duty for act in own)]
    blocks = []
    if on_record:
        facts = {"organ": material.organ, "duties": on_record}
        sources = [RULES, *(describe_row("act", act.id) for act in own)]
        blocks.append(write_block(TEMPLATE, "overview", facts, sources=sources, key="acts"))
    blocks += _hearings([act for act in own if act.hearing and not act.instruction])
    told = [act for act in material.acts if not act.in_person or not (act.hearing or act.instruction)]
    blocks += [_act(act) for act in _by_subject(told, material)]
    blocks += _instructions([act for act in own if act.instruction], material)
    missing = [duty.label for duty, words in DUTIES.items() if words not in on_record]
    if missing:
        blocks.append(write_block(TEMPLATE, "nothing_yet", {"duties": missing}, key="nothing:duties"))
    return blocks


def _hearings(acts: list[ActRow]) -> list[Block]:
    if not acts:
        return []
    hearings = count("听取法治工作汇报", "次", "act", (act.id for act in acts))
    facts = {"texts": [act.text for act in acts], "hearings": hearings}
    return [write_block(TEMPLATE, "hearings", facts, sources=hearings.rows, key="acts:hearings")]


def _act(act: ActRow) -> Block:
    row = describe_row("act", act.id)
    block = write_block(
        TEMPLATE, "act", {"text": act.text}, sources=[row], figures=quoted_figures(act.text, row),
        proposal=not act.in_person, key=row,
    )  # fmt: skip
    return replace(block, internal=INSTRUCTED if act.instruction else None)


def _instructions(acts: list[ActRow], material: YearMaterial) -> list[Block]:
    """How many and about what, for everybody; then their words."""
    if not acts:
        return []
    made = count("批示", "次", "act", (act.id for act in acts))
    names = {project.id: project.name for project in material.projects}
    projects = {item.id: names[item.project_id] for item in material.items}
    about = dict.fromkeys(projects[act.item_id] for act in acts if act.item_id in projects)
    facts = {"about": list(about), "instructions": made}
    counted = write_block(TEMPLATE, "instructions", facts, sources=made.rows, key="acts:instructions")
    return [counted, *map(_act, acts)]


def _by_subject(acts: Iterable[ActRow], material: YearMaterial) -> list[ActRow]:
    """Those about no project first, then by project in the order of the plan; then by duty and day."""
    places = {project.id: place for place, project in enumerate(material.projects)}
    of_item = {item.id: places[item.project_id] for item in material.items}
    duties = list(DUTIES)
    return sorted(acts, key=lambda act: (of_item.get(act.item_id or 0, -1), duties.index(act.kind), act.on))
