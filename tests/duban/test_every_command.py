"""Every command that changes something says who did it: told by the tree of commands, so that none is left out."""

import io
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import typer
from openpyxl import Workbook
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from duban.cli import app
from duban.commands import HELP, WORDS, commands_of
from models.audit import AuditEntry
from models.database import unit_of_work
from models.dates.span import span_named
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.ladder.message import Message, SendState
from models.ledgers.enforcement_case import Procedure
from models.ledgers.kinds import KINDS
from models.migrate import open_current
from models.people.account import Account
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person, Role, Tenure
from models.report.never_said import NEVER_SAID
from models.report.report import SectionKind
from models.settings import OFFICE_FILE, load_settings
from tasks.access.hold_tokens import make_token
from tasks.access.manage_accounts import invite
from tasks.access.second_factor import new_secret
from tasks.files.check_upload import examine
from tasks.files.file_store import FileStore
from tasks.ledgers.find_row import find_row
from tasks.ledgers.import_ledger import import_ledger
from tasks.ledgers.link_row import link_row
from tasks.ledgers.record import record_row, withdraw_row
from tasks.ledgers.record_named import record_case
from tasks.papers.word_template import starter_template
from tasks.plan.issue import issue
from tasks.report.compiling.compile_report import compile_report
from tasks.report.compiling.find_report import find_block, find_report
from tasks.report.compiling.template import ReportTemplate
from tasks.report.desk.comment_report import comment
from tasks.report.desk.edit_block import add_block
from tasks.report.output.keep_word_template import check_template_file, keep_word_template
from tasks.report.upward.signing_key import fingerprint_of
from tasks.scores.appeal import appeal, find_line
from tasks.scores.publish_scores import publish_scores
from tasks.scores.set_scoring_rule import find_rule
from tasks.trail.tell_entry import TAKE_FILE
from tests.draws import NUMBER, Draws
from tests.filing_acts import COMMANDS as FILING
from tests.filing_acts import at as filing_at
from tests.homes import lay_home
from tests.ledgers import HEADER, write_xlsx
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.steps import Prepare, adjusted, answered, assigned, commented, extended, helped, instructed
from tests.terminal import Terminal
from tests.upward import CODE, KEY, NAME, a_package

ON = "2026-06-04"
ADMINISTRATOR = "管网络"
HALF = span_named("2026-H1")
KEY_PRINT = fingerprint_of(KEY)

LOOKING = {
    "account list", "account tokens", "audit show", "audit verify", "document export", "document list", "duty gaps",
    "indicator list", "indicator missing", "inspect export", "inspect list", "inspect record", "inspect show",
    "inspect verify", "instruct list", "item comments", "item list",
    "item problems", "item show", "notice list", "notice show", "notify show", "plan export", "plan show",
    "report blocks", "report comments", "report compare", "report template show",
    "report charts", "report write", "people proposals",
    "search", "report below", "report check", "report enforcement", "report figures", "report status",
    "report trace", "score preview",
    "score rule list", "score rule show", "score show", "status",
    "terms list", "terms short",
}  # fmt: skip
"""They take --as because they show what not everybody may see, and change nothing."""

UNSIGNED = {
    "act list", "archive attach", "archive detach", "archive list", "backup",
    "calendar check", "calendar show", "clock", "deficiency list", "deliver", "demo", "deploy",
    "deployments check",
    "deployments write", "doctor", "evidence sweep", "init", "item rules",
    "ledger credit", "ledger export", "ledger kinds",
    "ledger list", "ledger show", "ledger template", "migrate-to", "people list", "plan template", "policy list",
    "policy show", "prune", "reindex", "report key", "report read", "report word-template check", "settings show",
    "report word-template new", "restore", "schedules", "serve", "simulate", "supervise",
}  # fmt: skip
"""They take no --as: they change nothing of the office's, or are the engine run by hand, or set the system up."""

OWN = {"notify prefer"}
"""What everybody does for himself, an outsider too: it is about nobody else."""


@dataclass(frozen=True)
class Case:
    """A command line, who says it, what the office is like before, and the entries it leaves."""

    by: str
    args: list[str]
    actions: Sequence[str]
    prepare: list[Prepare] = field(default_factory=list)
    on: str | None = ON


def bound_to_draw(office: Office) -> None:
    Draws(office).bind()


def pledged_to_draw(office: Office) -> None:
    bound_to_draw(office)
    Draws(office).pledge(1)


def revealed_to_draw(office: Office) -> None:
    pledged_to_draw(office)
    Draws(office).reveal(1)


def hired(office: Office) -> None:
    office.hire("周承办")


def has_account(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        by = office.by(session, SUPERVISOR, ON)
        invite(session, session.exec(select(Person).where(Person.name == HANDLER)).one(), by=by)


def has_token(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        person = session.exec(select(Person).where(Person.name == HANDLER)).one()
        make_token(session, person, by=office.by(session, HANDLER, ON), name="报表", scopes=["read"])


def has_factor(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        account = session.exec(select(Account).where(Account.login == HANDLER)).one()
        account.otp_secret = new_secret(office.settings.home, account)[1]


def administered(office: Office) -> None:
    office.hire(ADMINISTRATOR, Role.ADMINISTRATOR, "管理员")


def named(office: Office) -> None:
    """The administrator chose a name in the browser."""
    administered(office)
    (office.settings.home / OFFICE_FILE).write_text('{"site_name": "某县督办"}', encoding="utf-8")


def single_sign_on(office: Office) -> None:
    said = 'oidc_issuer = "https://id.example"\noidc_client_id = "duban"\n'
    (office.settings.home / "duban.toml").write_text(said, encoding="utf-8")


def has_apprise(office: Office) -> None:
    said = 'apprise_schemes = "json"\napprise_url = "json://push.office.test/{to}"\n'
    file = office.settings.home / "duban.toml"
    file.write_text(said, encoding="utf-8")
    file.chmod(0o600)


def asked(office: Office) -> None:
    office.ask_closure("1", on="2026-06-03")


def swept_wrongly(office: Office) -> None:
    office.sweep("2026-06-29")


def parked(office: Office) -> None:
    """The first message was given up."""
    office.instruct("1", "请抓紧", due="2026-06-20", on="2026-06-03")
    office.send("2026-06-03")
    with unit_of_work(office.engine) as session:
        for message in session.exec(select(Message)):
            message.state = SendState.PARKED


def made_up(office: Office) -> None:
    """The first message waits to leave."""
    parked(office)
    with unit_of_work(office.engine) as session:
        for message in session.exec(select(Message)):
            message.state, message.sent_at = SendState.WAITING, None


def overdue(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-12")


def a_case(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        by, organ = office.by(session, SUPERVISOR, "2026-06-02"), session.get_one(Organ, office.organ_id)
        record_case(session, organ, by=by, procedure=Procedure.SIMPLE, on=day("2026-03-05"))


def a_withdrawn_case(office: Office) -> None:
    a_case(office)
    with unit_of_work(office.engine) as session:
        by, organ = office.by(session, SUPERVISOR, "2026-06-03"), session.get_one(Organ, office.organ_id)
        row = find_row(session, organ, KINDS["case"], 1)
        withdraw_row(session, organ, KINDS["case"], row, "重复登记", by=by)


def imported_cases(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        by, organ = office.by(session, SUPERVISOR, "2026-06-02"), session.get_one(Organ, office.organ_id)
        import_ledger(session, office.settings.home / "案件.csv", organ, KINDS["case"], by=by)


def kept(code: str, **given: str) -> Prepare:
    """The supervisor wrote a row of that ledger down."""

    def prepare(office: Office) -> None:
        with unit_of_work(office.engine) as session:
            by, organ = office.by(session, SUPERVISOR, "2026-06-02"), session.get_one(Organ, office.organ_id)
            record_row(session, organ, KINDS[code], given, by=by)

    return prepare


A_DUTY = kept("duty", listed_on="2026-01-01", title="普法", basis="三定方案")
AN_INDICATOR = kept(
    "indicator", adopted_on="2026-01-01", system="2021年版", first="一", second="二", title="三", points="5"
)


def linked(code: str) -> Prepare:
    """The first row of that ledger is linked to the first item."""

    def prepare(office: Office) -> None:
        with unit_of_work(office.engine) as session:
            by, organ = office.by(session, SUPERVISOR, "2026-06-02"), session.get_one(Organ, office.organ_id)
            row = find_row(session, organ, KINDS[code], 1)
            link_row(session, organ, KINDS[code], row, session.get_one(WorkItem, 1), by=by)

    return prepare


def published(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        publish_scores(
            session, session.get_one(AnnualPlan, office.plan_id), by=office.by(session, SUPERVISOR, "2026-07-01"),
            from_on=HALF.from_on, until_on=HALF.until_on, rule=find_rule(session, office.organ_id),
        )  # fmt: skip


def complained(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        by = office.by(session, HEAD, "2026-07-06")
        appeal(session, find_line(session, 1, by=by), by=by, reason="等待上级文件")


def begun(office: Office) -> None:
    """The plan is issued, empty as it is."""
    with unit_of_work(office.engine) as session:
        issue(session, session.get_one(AnnualPlan, office.plan_id), by=office.by(session, SUPERVISOR, "2026-06-01"))


def has_word_template(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        keep_word_template(
            session, session.get_one(Organ, office.organ_id), by=office.by(session, SUPERVISOR, ON),
            store=FileStore(office.settings.evidence_store),
            file=check_template_file(examine("模板.docx", io.BytesIO(starter_template()))),
        )  # fmt: skip


def reported(office: Office) -> None:
    """A report with a block in every state, called by it, and a comment."""
    with unit_of_work(office.engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, SUPERVISOR, "2027-01-15")
        given = {"on": "2026-03-05", "kind": "部署", "text": "主持会议，部署全年任务"}
        record_row(session, organ, KINDS["act"], given, by=by)
        compile_report(session, organ, 2026, by=by, on=by.on)
        report = find_report(session, organ, 2026)
        for key in ("long", "out", "inside", "changed"):
            add_block(session, report, by=by, section=SectionKind.ACHIEVEMENTS, text="一事。又一事。").key = key
            session.flush()
        words = NEVER_SAID[0]
        add_block(session, report, by=by, section=SectionKind.OTHER, text=f"各事{words}。").key = "struck"
        session.flush()
        find_block(session, report, "out").withdrawn = True
        find_block(session, report, "inside").internal = "内部"
        changed = find_block(session, report, "changed")
        changed.origins, changed.compiled, changed.was_compiled = ["item:9"], "新文。", "旧文。"
        comment(session, report, "acts", by=by, text="再核")


def coded(office: Office) -> None:
    """A report compiled with the organ's 机关代字."""
    with unit_of_work(office.engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, SUPERVISOR, "2027-01-15")
        compile_report(session, organ, 2026, by=by, on=by.on, template=ReportTemplate(organ_code="青水"))


def imported(office: Office) -> None:
    said = Terminal(office.settings.home).run(
        "plan", "import", office.settings.home / "清单.xlsx", "--year", "2026", "--on", ON, "--as", SUPERVISOR
    )
    assert said.exit_code == 0, said


def staffed(office: Office) -> None:
    said = Terminal(office.settings.home).run(
        "people", "import", office.settings.home / "名册.xlsx", "--on", ON, "--as", SUPERVISOR
    )
    assert said.exit_code == 0, said


def proposed(office: Office) -> None:
    """The supervisor proposes himself for a post."""
    said = Terminal(office.settings.home).run(
        "people", "succeed", "--post", "副局长", "--to", SUPERVISOR, "--on", ON, "--as", SUPERVISOR
    )
    assert said.exit_code == 0, said


def compiled(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        organ = session.get_one(Organ, office.organ_id)
        compile_report(session, organ, 2026, by=office.by(session, SUPERVISOR, "2027-01-15"), on=day("2027-01-15"))


def sent_from_below(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        session.add(Organ(code=CODE, name=NAME, parent_id=office.organ_id))
    (office.settings.home / "下级.zip").write_bytes(a_package())


WRITING: dict[str, Case] = {
    "people import": Case(SUPERVISOR, ["{home}/名册.xlsx"], [Action.STAFF]),
    "people undo": Case(SUPERVISOR, ["1"], [Action.STAFF], [staffed]),
    "people succeed": Case(SUPERVISOR, ["--from", HANDLER, "--to", "周承办"], [Action.STAFF], [hired]),
    "people leave": Case(
        SUPERVISOR, [HANDLER, "--from", ON, "--until", ON, "--deputy", HEAD], [Action.STAFF], on=None
    ),
    "settings set": Case(ADMINISTRATOR, ["site_name", "某县督办"], [Action.CONFIGURE], [administered], on=None),
    "settings clear": Case(ADMINISTRATOR, ["site_name"], [Action.CONFIGURE], [named], on=None),
    "account invite": Case(SUPERVISOR, [HANDLER], [Action.STAFF], on=None),
    "account reset": Case(SUPERVISOR, [HANDLER], [Action.STAFF], [has_account], on=None),
    "account close": Case(SUPERVISOR, [HANDLER], [Action.STAFF], [has_account], on=None),
    "account revoke": Case(SUPERVISOR, [HANDLER], [Action.STAFF], [has_account, has_token], on=None),
    "account bind": Case(
        SUPERVISOR, [HANDLER, "--subject", "7"], [Action.STAFF], [has_account, single_sign_on], on=None
    ),
    "account clear-factor": Case(SUPERVISOR, [HANDLER], [Action.STAFF], [has_account, has_factor], on=None),
    "account unlock": Case(SUPERVISOR, [HANDLER], [Action.STAFF], [has_account], on=None),
    "people confirm": Case(FIRST, ["1"], [Action.CONFIRM_STAFF], [proposed]),
    "people decline": Case(FIRST, ["1", "--reason", "人选不妥"], [Action.CONFIRM_STAFF], [proposed]),
    "people officers": Case("本机", ["--joined", "--organ", "bureau"], [Action.STAFF]),
    "people depart": Case(SUPERVISOR, [HANDLER], [Action.STAFF]),
    "policy set": Case(SUPERVISOR, ["{home}/policy.json"], [Action.POLICY], on=None),
    "plan import": Case(SUPERVISOR, ["{home}/清单.xlsx", "--year", "2026"], [Action.PLAN]),
    "plan undo": Case(SUPERVISOR, ["1"], [Action.PLAN], [imported]),
    "plan open-year": Case(
        SUPERVISOR, ["--year", "2027"], [Action.PLAN, Action.PLAN], [assigned()], on="2027-01-06"
    ),
    "terms set": Case(SUPERVISOR, ["case", "publish", "5"], [Action.POLICY]),
    "terms confirm": Case(SUPERVISOR, ["act", "hearing"], [Action.POLICY]),
    "notice take-back": Case(
        SUPERVISOR, ["2026-06-29", "--reason", "日期写错"], [Action.TAKE_BACK_SWEEP],
        [assigned(), swept_wrongly],
    ),
    "notify prefer": Case(HANDLER, ["--channels", "mail", "--digest-at", "08:30"], ["set_preference"], on=None),
    "notify address": Case(
        SUPERVISOR, [HANDLER, "--channel", "apprise", "--to", "li"], [Action.STAFF], [has_apprise], on=None
    ),
    "notify test": Case(SUPERVISOR, [HANDLER, "--channel", "mail"], [Action.TRY_CHANNEL], on=None),
    "notice retry": Case(SUPERVISOR, ["--all"], [Action.RESEND], [assigned(), parked]),
    "notice park": Case(SUPERVISOR, ["1", "--reason", "内容有误"], [Action.PARK], [assigned(), made_up]),
    "notice snooze": Case(HANDLER, ["1", "--until", "2026-06-10"], [Action.SNOOZE], [assigned()]),
    "plan issue": Case(SUPERVISOR, [], [Action.ISSUE], [assigned(issue=False)]),
    "plan adopt": Case(
        SUPERVISOR, ["三级预警", "--reason", "办法已修订"], [Action.CHANGE_POLICY], [assigned()]
    ),
    "calendar import": Case("本机", ["{home}/放假.csv"], [Action.CALENDAR]),
    "item sign": Case(HANDLER, ["1"], [Action.SIGN], [assigned(sign=False)]),
    "item object": Case(HANDLER, ["1", "--reason", "不属于本科室"], [Action.OBJECT], [assigned(sign=False)]),
    "item transfer": Case(
        SUPERVISOR, ["1", "--reason", "人员调整", "--to", "周承办"], [Action.TRANSFER], [assigned(), hired]
    ),
    "item split": Case(SUPERVISOR, ["1"], [Action.SPLIT], [helped]),
    "item progress": Case(HANDLER, ["1", "--text", "完成一半"], [Action.REPORT], [assigned()]),
    "item evidence": Case(HANDLER, ["1", "{home}/总结.txt"], [Action.ATTACH], [assigned()]),
    "item milestone": Case(
        HANDLER, ["1", "--title", "方案报审", "--due", "2026-06-18"], [Action.MILESTONE], [assigned()]
    ),
    "item extend": Case(
        HANDLER, ["1", "--to", "2026-07-10", "--reason", "要求", "--progress", "一半"], [Action.EXTEND], [assigned()]
    ),
    "item approve": Case(LEADER, ["1"], [Action.DECIDE_EXTENSION], [assigned(), extended]),
    "item refuse": Case(LEADER, ["1", "--reason", "须按期"], [Action.DECIDE_EXTENSION], [assigned(), extended]),
    "item approve-adjustment": Case(LEADER, ["1"], [Action.DECIDE_ADJUSTMENT], [assigned(), adjusted]),
    "item refuse-adjustment": Case(
        LEADER, ["1", "--reason", "须按期"], [Action.DECIDE_ADJUSTMENT], [assigned(), adjusted]
    ),
    "item add": Case(SUPERVISOR, ["--title", "制度清理", "--due", "9月底前"], [Action.ADD_ITEM], [assigned()]),
    "item edit": Case(SUPERVISOR, ["1", "--title", "普法宣传月", "--reason", "改名"], [Action.EDIT], [assigned()]),
    "item adjust": Case(SUPERVISOR, ["1", "--due", "7月10日", "--reason", "计划调整"], [Action.ADJUST], [assigned()]),
    "item cancel": Case(SUPERVISOR, ["1", "--reason", "上级取消"], [Action.CANCEL], [assigned()]),
    "item suspend": Case(SUPERVISOR, ["1", "--reason", "等待批复"], [Action.SUSPEND], [assigned()]),
    "item resume": Case(
        SUPERVISOR, ["1"], [Action.RESUME], [assigned(), lambda office: office.suspend("1", on="2026-06-02")]
    ),
    "item urge": Case(SUPERVISOR, ["1"], [Action.URGE, Action.URGE], [assigned()]),
    "item unfiled": Case(SUPERVISOR, ["--urge"], [Action.URGE, Action.URGE], [assigned()], on="2026-06-29"),
    "item request-close": Case(HANDLER, ["1", "--text", "已办结"], [Action.REQUEST_CLOSE], [assigned()]),
    "item accept": Case(SUPERVISOR, ["1", "--waive", "现场核实"], [Action.ACCEPT], [assigned(), asked]),
    "item return": Case(SUPERVISOR, ["1", "--reason", "材料不全"], [Action.RETURN], [assigned(), asked]),
    "item reopen": Case(
        SUPERVISOR, ["1", "--reason", "群众反映", "--due", "2026-08-31"], [Action.REOPEN],
        [assigned(), lambda office: office.close("1", on="2026-06-03")],
    ),
    "item withdraw": Case(HANDLER, ["1", "--reason", "还差一份材料"], [Action.WITHDRAW], [assigned(), asked]),
    "item correct": Case(
        HANDLER, ["1", "--text", "完成四成", "--reason", "误填"], [Action.CORRECT],
        [assigned(), lambda office: office.report("1", percent=60, on="2026-06-03")],
    ),
    "item achieve": Case(
        SUPERVISOR, ["1", "--text", "举办宣传活动3场。"], [Action.ACHIEVE],
        [assigned(), lambda office: office.close("1", on="2026-06-03")],
    ),
    "item comment": Case(HANDLER, ["1", f"@{LEADER} 请看初稿", "--copy", HEAD], [Action.COMMENT_ITEM], [assigned()]),
    "item withdraw-comment": Case(HANDLER, ["1", "1"], [Action.WITHDRAW_COMMENT], [assigned(), commented]),
    "instruct add": Case(
        LEADER, ["--item", "1", "--text", "请抓紧", "--term", "急件", "--copy", HEAD], [Action.INSTRUCT], [assigned()]
    ),
    "instruct sign": Case(HANDLER, ["1"], [Action.SIGN_INSTRUCTION], [assigned(), instructed]),
    "instruct reply": Case(HANDLER, ["1", "--text", "已在办"], [Action.REPLY], [assigned(), instructed]),
    "instruct more": Case(
        LEADER, ["1", "--text", "请附名单"], [Action.ASK_MORE], [assigned(), instructed, answered]
    ),
    "instruct close": Case(
        LEADER, ["1", "--outcome", "已落实"], [Action.CLOSE_INSTRUCTION], [assigned(), instructed, answered]
    ),
    "brief leader": Case(SUPERVISOR, ["--out", "{home}/简报.docx"], [Action.BRIEF, TAKE_FILE], [assigned()]),
    "brief circular": Case(SUPERVISOR, ["--period", "week"], [Action.CIRCULATE], [assigned()]),
    "score publish": Case(SUPERVISOR, ["--period", "2026-H1"], [Action.SCORE], [overdue], on="2026-07-01"),
    "score evaluate": Case(
        LEADER, ["法规科", "--points", "90", "--period", "2026-H1"], [Action.EVALUATE], [overdue], on="2026-07-01"
    ),
    "score appeal": Case(
        HEAD, ["1", "--reason", "等待上级文件"], [Action.APPEAL], [overdue, published], on="2026-07-06"
    ),
    "score decide": Case(
        FIRST, ["1", "--dismiss", "--answer", "不属实"], [Action.DECIDE_APPEAL], [overdue, published, complained],
        on="2026-07-08",
    ),
    "score rule set": Case(SUPERVISOR, ["--start", "110"], [Action.SCORE]),
    "act add": Case(
        SUPERVISOR, ["--kind", "部署", "--text", "部署年度工作", "--evidence", "{home}/总结.txt"],
        [Action.RECORD, Action.ATTACH],
    ),
    "deficiency add": Case(SUPERVISOR, ["--text", "普法渠道单一"], [Action.RECORD]),
    "ledger add": Case(SUPERVISOR, ["case", "--procedure", "简易"], [Action.RECORD]),
    "ledger correct": Case(SUPERVISOR, ["case", "1", "--set", "程序=普通"], [Action.RECORD], [a_case]),
    "ledger withdraw": Case(SUPERVISOR, ["case", "1", "--reason", "重复登记"], [Action.RECORD], [a_case]),
    "ledger reinstate": Case(SUPERVISOR, ["case", "1"], [Action.RECORD], [a_withdrawn_case]),
    "ledger grant": Case(SUPERVISOR, ["case", "--to", "法规科"], [Action.GRANT_LEDGER]),
    "ledger import": Case(SUPERVISOR, ["case", "{home}/案件.csv"], [Action.RECORD]),
    "ledger undo": Case(SUPERVISOR, ["1"], [Action.RECORD], [imported_cases]),
    "indicator import": Case(SUPERVISOR, ["{home}/指标.csv", "--system", "2021年版"], [Action.RECORD]),
    "indicator link": Case(SUPERVISOR, ["1", "--item", "1"], [Action.RECORD], [assigned(), AN_INDICATOR]),
    "indicator unlink": Case(SUPERVISOR, ["1"], [Action.RECORD], [assigned(), AN_INDICATOR, linked("indicator")]),
    "indicator score": Case(SUPERVISOR, ["1", "4", "--basis", "见材料"], [Action.RECORD], [AN_INDICATOR]),
    "inspect bind": Case(
        SUPERVISOR,
        ["--plan", "抽查", "--objects", "{home}/对象.csv", "--inspectors", "{home}/检查人员.csv", "--ratio", "50%"],
        [Action.RECORD], on=None,
    ),
    "inspect pledge": Case(LEADER, ["1", "--number", NUMBER], [Action.DRAW_NUMBER], [bound_to_draw], on=None),
    "inspect reveal": Case(LEADER, ["1", "--number", NUMBER], [Action.DRAW_NUMBER], [pledged_to_draw], on=None),
    "inspect draw": Case(SUPERVISOR, ["1"], [Action.RECORD], [revealed_to_draw], on=None),
    "duty link": Case(SUPERVISOR, ["1", "--item", "1"], [Action.RECORD], [assigned(), A_DUTY]),
    "duty unlink": Case(SUPERVISOR, ["1"], [Action.RECORD], [assigned(), A_DUTY, linked("duty")]),
    **{
        f"report {name}": Case(
            SUPERVISOR, [*args, "--year", "2026"], [Action.COMPILE], [assigned(), reported], on="2027-01-15"
        )
        for name, args in {
            "edit": ["overview", "--text", "任务基本完成。"], "confirm": ["overview", "--basis", "办公室核实"],
            "merge": ["acts"], "split": ["long", "--after", "1"], "move": ["acts", "--section", "其他需要报告的情况"],
            "withdraw": ["acts"], "restore": ["out"], "add": ["--section", "other", "--text", "另有一事。"],
            "internal": ["acts", "--reason", "内部"], "public": ["inside"], "adopt": ["changed"], "keep": ["changed"],
            "resolve": ["1"], "review": ["--take", "word:struck"],
        }.items()
    },
    "report comment": Case(
        FIRST, ["acts", "--year", "2026", "--text", "再核"], [Action.COMMENT], [assigned(), reported], on="2027-01-15"
    ),
    "report template set": Case(SUPERVISOR, ["{home}/体例.toml"], [Action.COMPILE]),
    "report pack": Case(
        SUPERVISOR, ["--year", "2026", "--out", "{home}/上报包.zip"], [Action.COMPILE, TAKE_FILE],
        [filing_at("filing")],
        on="2027-01-18",
    ),
    "report receive": Case(
        SUPERVISOR, ["{home}/下级.zip", "--fingerprint", KEY_PRINT], [Action.RECEIVE_REPORT], [sent_from_below]
    ),
    "report trust": Case(
        SUPERVISOR, ["water", "--fingerprint", KEY_PRINT], [Action.RECEIVE_REPORT], [sent_from_below]
    ),
    "report compile": Case(SUPERVISOR, ["--year", "2026"], [Action.COMPILE], [assigned()], on="2027-01-15"),
    "report number": Case(SUPERVISOR, ["--year", "2026"], [Action.COMPILE], [assigned(), coded], on="2027-01-15"),
    "report word-template set": Case(SUPERVISOR, ["{home}/模板.docx"], [Action.COMPILE]),
    "report word-template stop": Case(SUPERVISOR, [], [Action.COMPILE], [has_word_template]),
    **{name: Case(*case) for name, case in FILING.items()},
}  # fmt: skip
"""Each as a person would type it, but for `--as` and `--on`."""


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an empty database and the files that commands bring in."""
    home = lay_home(tmp_path_factory.mktemp("office") / "data")
    write_xlsx(home / "清单.xlsx", [HEADER, [7, "法治", "研讨", None, "法规科", None, None, "6月底前"]])
    staff = Workbook()
    for row in (["单位", "部门", "姓名", "职务", "角色", "邮箱"], ["某局", "法规科", "吴新人", "科员", "承办人", ""]):
        staff.worksheets[0].append(row)
    staff.save(home / "名册.xlsx")
    (home / "放假.csv").write_text("日期,类型,名称\n2026-06-11,休息,停电\n", encoding="utf-8")
    (home / "案件.csv").write_text("决定日期,程序\n2026-03-05,简易\n", encoding="utf-8")
    (home / "指标.csv").write_text("一级指标,二级指标,三级指标,分值\n一,二,三,5\n", encoding="utf-8")
    (home / "对象.csv").write_text("检查对象\n甲公司\n乙公司\n", encoding="utf-8")
    (home / "检查人员.csv").write_text("检查人员\n张一\n李二\n", encoding="utf-8")
    (home / "体例.toml").write_text('addressees = ["县委", "县政府"]\n', encoding="utf-8")
    (home / "总结.txt").write_text("已办结", encoding="utf-8")
    (home / "模板.docx").write_bytes(starter_template())
    said = Terminal(home).data("policy", "show", "常规")
    (home / "policy.json").write_text(json.dumps({**said, "near_days": 4}, ensure_ascii=False), encoding="utf-8")
    return home


@pytest.fixture
def office(founded: Path, tmp_path: Path) -> Iterator[Office]:
    settings = load_settings(Path(shutil.copytree(founded, tmp_path / "data")))
    engine = open_current(settings)
    yield Office(engine, settings.home)
    engine.dispose()


def commands() -> dict[str, Any]:
    """Every command there is, by its words."""

    def walk(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        for name, part in getattr(command, "commands", {}).items():
            yield from walk(part, (*words, name))
        if not hasattr(command, "commands"):
            yield " ".join(words), command

    return dict(walk(typer.main.get_command(app), ()))


def entries(engine: Engine) -> list[AuditEntry]:
    with Session(engine) as session:
        return list(session.exec(select(AuditEntry).order_by(col(AuditEntry.id))))


def test_each_module_adds_the_words_it_is_known_for() -> None:
    for module in set(WORDS.values()):
        assert set(commands_of(module)) == {word for word, of in WORDS.items() if of == module}


def test_the_list_of_all_commands_says_what_each_says_itself() -> None:
    """Listing them makes none of them, so what it says stands twice."""
    said = {word: commands_of(module)[word].get_short_help_str(1_000) for word, module in WORDS.items()}

    assert said == HELP
    assert list(HELP) == list(WORDS)


def test_to_run_a_command_makes_those_of_its_module_only(tmp_path: Path) -> None:
    commands_of.cache_clear()
    assert Terminal(tmp_path).run("item", "list").exit_code == 2
    assert commands_of.cache_info().currsize == 1


def test_every_command_that_takes_a_name_is_in_a_table() -> None:
    signed = {name for name, command in commands().items() if any("--as" in option.opts for option in command.params)}
    assert signed - LOOKING - WRITING.keys() == set()
    assert (LOOKING | WRITING.keys()) - signed == set()
    assert commands().keys() - signed == UNSIGNED


@pytest.mark.parametrize("name", WRITING)
def test_a_command_is_refused_to_an_outsider_and_leaves_exactly_its_entries(office: Office, name: str) -> None:
    case = WRITING[name]
    for step in case.prepare:
        step(office)
    known = entries(office.engine)
    words = [*name.split(), *(word.replace("{home}", str(office.settings.home)) for word in case.args)]
    words += ["--on", case.on] if case.on else []
    terminal = Terminal(office.settings.home)
    if case.by != "本机" and name not in OWN:
        refused = terminal.run(*words, "--as", OUTSIDER, *_in_the_bureau(name))
        assert refused.exit_code in (1, 2), refused
        assert len(refused.stderr.strip().splitlines()) == 1, refused
        assert entries(office.engine) == known
    said = terminal.run(*words, *(["--as", case.by] if case.by != "本机" else []))
    assert said.exit_code == 0, said
    left = entries(office.engine)[len(known) :]
    assert [entry.action for entry in left] == case.actions
    actors = {entry.actor for entry in left}
    assert actors == {case.by} if case.by != "本机" else {actor[:5] for actor in actors} == {"本机管理员"}
    assert all(entry.before or entry.after for entry in left)


def _in_the_bureau(name: str) -> list[str]:
    takes = any("--organ" in option.opts for option in commands()[name].params)
    return ["--organ", "bureau"] if takes else []


def test_the_same_changed_twice_leaves_one_entry(office: Office) -> None:
    """Handing over, leaving, being away, the calendar and the report: done again, nothing changes."""
    office.assign("普法宣传", due="2026-06-30")
    office.hire("周承办")
    terminal = Terminal(office.settings.home)
    for words in (
        ["people", "succeed", "--from", HANDLER, "--to", "周承办", "--on", ON],
        ["people", "succeed", "--post", "副局长", "--to", LEADER, "--on", ON],
        ["people", "depart", HANDLER, "--on", "2026-07-31"],
        ["people", "leave", HEAD, "--from", ON, "--until", ON],
        ["people", "succeed", "--from", FIRST, "--to", LEADER, "--on", ON, "--as", SUPERVISOR],
        ["people", "leave", LEADER, "--from", ON, "--until", ON, "--deputy", SUPERVISOR, "--as", SUPERVISOR],
        ["calendar", "import", str(office.settings.home / "放假.csv"), "--on", ON],
        ["report", "compile", "--year", "2026", "--organ", "bureau", "--on", "2027-01-15"],
    ):
        known = len(entries(office.engine))
        assert terminal.run(*words).exit_code == 0
        once = len(entries(office.engine))
        assert terminal.run(*words).exit_code in (0, 2)
        assert len(entries(office.engine)) == once <= known + 1


def test_who_came_later_may_write_down_what_happened_before(office: Office) -> None:
    """The day of a matter is not the day somebody writes it down."""
    with unit_of_work(office.engine) as session:
        person = session.exec(select(Person).where(Person.name == SUPERVISOR)).one()
        since = day("2026-06-01")
        session.exec(select(Tenure).where(Tenure.person_id == person.id)).one().started_on = since
    terminal = Terminal(office.settings.home)
    said = terminal.run("act", "add", "--kind", "过问", "--text", "过问进度", "--on", "2026-03-01", "--as", SUPERVISOR)
    assert said.exit_code == 0, said
    left = entries(office.engine)[-1]
    assert (left.action, left.after["leadership_act:1"]["on"]) == (Action.RECORD, "2026-03-01")
    assert left.on >= since
