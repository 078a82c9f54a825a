"""One file per group of commands. Heavy imports stand inside the commands, so that help answers at once."""

import importlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any, cast

import typer
from typer.core import TyperGroup

WORDS = {
    "init": "office",
    "settings": "settings",
    "supervise": "supervision",
    "deliver": "supervision",
    "simulate": "supervision",
    "status": "supervision",
    "serve": "engine",
    "clock": "engine",
    "deploy": "engine",
    "schedules": "engine",
    "doctor": "doctor",
    "migrate-to": "moving",
    "backup": "keeping",
    "restore": "keeping",
    "prune": "pruning",
    "archive": "archiving",
    "evidence": "evidence",
    "demo": "demo",
    "people": "people",
    "account": "account",
    "policy": "policy",
    "plan": "plan",
    "calendar": "calendar",
    "notice": "notice",
    "notify": "notify",
    "item": "items.item",
    "instruct": "items.instruct",
    "search": "search",
    "brief": "brief",
    "document": "document",
    "score": "scores.score",
    "act": "ledgers.ledgers",
    "deficiency": "ledgers.ledgers",
    "ledger": "ledgers.ledgers",
    "inspect": "ledgers.draw",
    "indicator": "ledgers.indicator",
    "duty": "ledgers.duty",
    "terms": "ledgers.terms",
    "report": "report.report",
    "audit": "audit",
    "reindex": "search",
    "deployments": "engine",
}
"""Every word that may follow `duban`, as help lists them, and the module of this package whose `register` adds it."""

HELP = {
    "init": "建立数据目录和数据库，或升级到本程序的版本；可重复运行。",
    "settings": "系统设置：名称、标志、网址、邮件服务器、免打扰时段。",
    "supervise": "按日历和督办策略生成当日应发的提醒与升级，应出督办单的一并出单（可重复运行，不会重复生成）。",
    "deliver": "发送待发通知：不能等的即时发出，其余汇成每人每日一封（未配置邮件服务器时写入数据目录的 mail）。",
    "simulate": "预览全年：若无人办理，每天会向谁发出哪些通知（不写入任何数据）。",
    "status": "某日的亮灯汇总：正常、临期、逾期、未开始、已办结。",
    "serve": "启动网页、时钟和 Prefect 服务：按时提醒、发送，直到按 Ctrl+C。",
    "clock": "在工作进程之外值守，直到按 Ctrl+C：信件、即时通知、推送、退信、报警；工作进程误了的提醒由它补做。",
    "deploy": "在 PREFECT_API_URL 的 Prefect 服务上建立或更新工作池、部署和自动化；已是如此的不动。",
    "schedules": "列出各项定时工作和接下来的运行时间。",
    "doctor": "检查提醒能否按时生成和发出，以及时钟、数据库、磁盘等；退出码：0 正常，1 有故障，3 只有须注意的。",
    "migrate-to": "把内置数据库的全部数据复制到空的 PostgreSQL 数据库，逐表核对；原库不动，中断后再运行即接着做。",
    "backup": "把整个单位的数据备份成一个文件：数据库、佐证材料、设置和模板；可在大家办理时运行。",
    "restore": "从备份恢复到空的数据目录（--home），逐项核对后才算数；有一项不符，什么都不留下。",
    "prune": "清理过了保存期的登录、发送尝试、后台工作等；操作记录、办理的内容和通知从不清理。平时每天夜里自动清理。",
    "archive": "归档：把已结束月份的通知和操作记录移到文件，需要时原样接回。",
    "evidence": "佐证材料的存放处：清理没有记录的文件，列出丢失的文件。",
    "demo": "演示：用示例文件建立一个虚构单位，从清单到报告，一直走到今天；可重复运行。",
    "people": "人员：导入、撤销导入、名册、交接、请假、离任、提请的确认、三员分立。",
    "account": "账户：谁能登录网页，开通、重设密码、关闭、解锁。",
    "policy": "督办策略：提醒升级的各级、亮灯阈值、审批级别、材料要求。",
    "plan": "年度计划：模板、导入、撤销导入、查看、导出、下达、改用策略。",
    "calendar": "工作日历：查某天是否上班、数工作日、导入放假安排。",
    "notice": "通知台账。",
    "notify": "消息怎样送到人：渠道顺序、汇总时间、渠道账号、测试。",
    "item": "任务：查看、签收、填报、延期、催办、中止、办结销号。",
    "instruct": "领导批示：批示、签收、反馈、办结。",
    "search": "查找任务、批示、办理记录、材料、台账、文书和人员，列出每种有多少项。",
    "brief": "简报和通报：第一责任人的一页简报；周、月、季度通报。",
    "document": "文书：督办单、催办单、通报、简报。",
    "score": "考核：扣分规则、试算、公布、领导评价、申诉。",
    "act": "第一责任人履职记录：部署、过问、协调、督办。",
    "deficiency": "不足和原因。",
    "ledger": "台账：登记、更正、撤下、查看、导入、导出。",
    "inspect": "双随机抽查：先绑定名单，后产生种子，再抽取检查对象和检查人员；事后可以复核。",
    "indicator": "示范指标：导入指标体系、关联支撑材料、自评、查缺。",
    "duty": "责任清单：职责与年度任务的关联，两边的缺口。",
    "terms": "台账时限：各项时限及其依据，由本单位确认或从严设定。",
    "report": "年度报告：读取、编制、追溯数字。",
    "audit": "操作记录：谁在什么时候办了什么，改了什么；核验记录未被改动。",
    "reindex": "重建查找用的索引；平时随数据一同更新，无须运行。",
    "deployments": "Prefect 部署文件。",
}
"""What the list of all commands says of each, the first paragraph of its own help: so that listing them makes none."""


@cache
def commands_of(module: str) -> Mapping[str, Any]:
    """The commands that one module adds, by their words."""
    made = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    importlib.import_module(f"duban.commands.{module}").register(made)
    return typer.main.get_group(made).commands


class OnDemand(Mapping[str, Any]):
    """The commands by their words; those of a module are made when one of its words is looked up."""

    def __iter__(self) -> Iterator[str]:
        return iter(WORDS)

    def __len__(self) -> int:
        return len(WORDS)

    def __getitem__(self, word: str) -> Any:
        return commands_of(WORDS[word])[word]


class Commands(TyperGroup):
    """What may follow `duban`. To run a command makes those of its module only; to list them all makes none."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = cast(dict[str, Any], OnDemand())

    def get_params(self, ctx: Any) -> list[Any]:
        """The options of the root. What is left out of them is not converted: for that Typer would load pydantic."""
        options: list[Any] = super().get_params(ctx)
        for option in options:
            if "process_value" not in vars(option):
                option.process_value = partial(_unless_left_out, option.process_value)
        return options

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of all commands."""
        with formatter.section("Commands"):
            formatter.write_dl(list(HELP.items()))


def _unless_left_out(converted: Callable[[Any, Any], Any], ctx: Any, value: Any) -> Any:
    return None if value is None else converted(ctx, value)
