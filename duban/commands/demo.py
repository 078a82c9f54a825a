"""`duban demo`: an invented office from list to report, by the very commands an office would use."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from duban.edge import Edge, edge, progress, say, show_table, table
from models.errors import BadInputError

STAFF, LEDGER, FILLED, SCRIPT = "people.xlsx", "ledger-2026.xlsx", "ledger-2026-filled.xlsx", "records.toml"
LAST_REPORT, WORK_POINTS = "2025年度法治政府建设情况报告.txt", "2026年法治政府建设工作要点.txt"
REPORT = "2026年度法治政府建设情况报告.docx"
MARK = "演示数据说明.txt"
WAY_IN = "演示口令.txt"

NO_FACTOR = 'second_factor = "optional"'
IN_POST_FROM, ISSUED_ON, FILED_ON = "2026-01-01", "2026-01-06", "2027-01-15"


def register(app: typer.Typer) -> None:
    """Add `duban demo` to `app`."""
    app.command()(demo)


def demo(
    context: typer.Context,
    folder: Annotated[Path, typer.Option("--dir", metavar="目录", help="演示用的数据目录（不看 --home）。")] = Path(
        "duban-demo"
    ),
    host: Annotated[str, typer.Option("--host", metavar="地址", help="网页监听的地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="端口", min=0, max=65535, help="网页监听的端口。")] = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="走完全年即结束，不启动网页。")] = False,
    no_prefect: Annotated[bool, typer.Option("--no-prefect", help="启动网页时不启动 Prefect 服务。")] = False,
) -> None:
    """演示：用示例文件建立一个虚构单位，从清单到报告走完一年；可重复运行。"""
    # What is set for a real office leads to its database and its mail server: none of it holds here.
    for name in [name for name in os.environ if name.startswith("DUBAN_")]:
        del os.environ[name]
    context.find_root().obj = Edge(folder.expanduser())
    tour = _Tour(context, folder)
    try:
        tour.walk()
        if not no_serve:
            from duban.commands.engine import serve

            tour.step("启动网页")
            tour.command("serve", "--host", host, "--port", str(port))
            say(f"登录：姓名任选，如 方晓岚（督办员），口令 {tour.password()}")
            say(f"看某一天，如 http://{host}:{port}/?year=2026&on=2026-12-10")
            serve(context, host=host, port=port, no_prefect=no_prefect)
    finally:
        if "engine" in vars(tour.edge):
            tour.edge.engine.dispose()


class _Tour:
    """The year step by step. A step that finds its result there says so and does nothing."""

    def __init__(self, context: typer.Context, folder: Path) -> None:
        self.context, self.folder = context, folder
        self.edge = edge(context)
        self.steps = 0

    def walk(self) -> None:
        self.found()
        self.open_accounts()
        self.read_documents()
        self.import_ledger()
        self.live()
        self.tell()
        self.compile()
        self.close_the_circle()
        self.name_files()

    def step(self, title: str) -> None:
        self.steps += 1
        say(f"\n【{self.steps}】{title}")

    def command(self, *words: str) -> None:
        """The command that does the same, as a person would type it."""
        say("$ " + shlex.join(["duban", "--home", str(self.folder), *words]))

    def run(self, *words: str | Path) -> None:
        """Do what the command of these words does, in this data folder."""
        from duban.commands import WORDS, commands_of

        first, *more = map(str, words)
        commands_of(WORDS[first])[first].main(more, prog_name=f"duban {first}", standalone_mode=False, obj=self.edge)

    def found(self) -> None:
        from duban.demonstration import example
        from models.migrate import create_or_upgrade
        from tasks.people.find import top_organs

        self.step("建立数据目录，导入人员")
        self._mark()
        self.command("init")
        create_or_upgrade(self.edge.settings)
        say(f"数据目录 {self.edge.settings.home}")
        staff = example(STAFF)
        self.command("people", "import", _near(staff), "--on", IN_POST_FROM)
        with self.edge.reading() as session:
            known = top_organs(session, most=1)
        if not known:
            self.run("people", "import", staff, "--on", IN_POST_FROM)
        else:
            say(f"{known[0].name}的人员已存在，跳过。")

    def _mark(self) -> None:
        """Say in the folder what it is. Raises BadInputError for a folder that holds something else."""
        settings = self.edge.settings
        mark = settings.home / MARK
        if mark.exists():
            self._set_up()
            return
        if settings.database_url or (settings.home / "duban.db").exists():
            raise BadInputError(f"{settings.home} 里已有别的数据库，演示不会动它：请用 --dir 另指一个空目录。")
        try:
            settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            mark.write_text("本目录由 duban demo 建立，单位、人员和事项都是虚构的，可以整个删去。\n", encoding="utf-8")
        except OSError as error:
            raise BadInputError(f"目录 {settings.home} 无法写入：{error.strerror}。请用 --dir 换一个目录。") from error
        self._set_up()

    def _set_up(self) -> None:
        """Let everybody in by the one password: whoever looks at an invented office has no authenticator for it."""
        from models.settings import SETTINGS_FILE

        file = self.edge.settings.home / SETTINGS_FILE
        if not file.exists():
            file.write_text(f"# 演示用：真实单位请删去下一行\n{NO_FACTOR}\n", encoding="utf-8")
            del self.edge.settings

    def open_accounts(self) -> None:
        from duban.demonstration import open_accounts

        self.step("给每个人开通账户，口令相同")
        self.command("account", "invite", "--all")
        if not open_accounts(self.edge.engine, ISSUED_ON, self.password()):
            say("已存在，跳过。")

    def password(self) -> str:
        """The one password of everybody: made once, and kept beside the data where only this account reads it."""
        import secrets

        kept = self.edge.settings.home / WAY_IN
        if not kept.exists():
            kept.touch(mode=0o600)
            kept.write_text(f"{secrets.token_urlsafe(12)}\n", encoding="utf-8")
        return kept.read_text(encoding="utf-8").strip()

    def read_documents(self) -> None:
        from duban.demonstration import YEAR, example

        self.step("预览上年度报告和工作要点：读成任务草稿，没写的时限和责任人留空，不编造")
        for name in (LAST_REPORT, WORK_POINTS):
            self.command("plan", "import", _near(example(name)), "--year", str(YEAR), "--dry-run", "--on", ISSUED_ON)
            if self._is_imported(LEDGER, YEAR):
                say(f"{YEAR} 年度计划已存在，跳过。")
            else:
                self.run("plan", "import", example(name), "--year", str(YEAR), "--dry-run", "--on", ISSUED_ON)

    def import_ledger(self) -> None:
        from duban.demonstration import YEAR, example

        self.step("导入 2026 年任务清单：先预览，再导入；缺时限的补填后按序号对应；然后下达")
        year = ["--year", str(YEAR)]
        for name, rehearsed in ((LEDGER, True), (LEDGER, False), (FILLED, False)):
            more = ["--dry-run"] if rehearsed else []
            self.command("plan", "import", _near(example(name)), *year, *more, "--on", ISSUED_ON)
            if self._is_imported(name, YEAR):
                say("已存在，跳过。")
            else:
                self.run("plan", "import", example(name), *year, *more, "--on", ISSUED_ON)
        self.command("plan", "issue", *year, "--on", ISSUED_ON)
        with self.edge.reading() as session:
            issued_on = self.edge.plan(session, YEAR, None).issued_on
        if issued_on is None:
            self.run("plan", "issue", *year, "--on", ISSUED_ON)
        else:
            say(f"已于 {issued_on} 下达，跳过。")

    def _is_imported(self, file_name: str, year: int) -> bool:
        from tasks.plan.batches import was_imported

        with self.edge.reading() as session:
            return was_imported(session, year, file_name)

    def live(self) -> None:
        from duban.demonstration import YEAR, days_to_live, example, live, read_script

        self.step(f"走完 {YEAR} 年：每天早上提醒、升级、发信，再录入当天的进展、销号、履职、案件等（{SCRIPT}）")
        days = days_to_live(self.edge.engine)
        if not days:
            say(f"{YEAR} 年已走完，跳过。")
            return
        with progress(f"{YEAR} 年") as track:
            live(self.edge.engine, self.edge.settings, read_script(example(SCRIPT)), track(days))
        say(f"{days[0]} 至 {days[-1]} 共 {len(days)} 天。")

    def tell(self) -> None:
        from duban.demonstration import LAST_DAY, YEAR, tell_year

        self.step("全年谁收到了什么")
        with self.edge.reading() as session:
            people, top = tell_year(session, self.edge.plan(session, YEAR, None))
        shown = table("收件人", "提醒", "升级", "最早", "最晚", title="已发送的通知")
        for person in people:
            counts = (str(person.reminders), str(person.escalations))
            shown.add_row(person.name, *counts, str(person.first_on), str(person.last_on))
        show_table(shown)
        shown = table("日期", "收件人", "任务", "时限", "规则", title="升级到第一责任人的事项")
        for row in top:
            words = (f"{row['item']} {row['title']}", str(row["due_on"]), row["rung"])
            shown.add_row(str(row["fired_on"]), row["recipient"], *words)
        show_table(shown)
        say("逐条查看：")
        self.command("notice", "list", "--on", str(top[0]["fired_on"]))
        self.command("status", "--on", str(LAST_DAY), "--by", "department")
        self.run("status", "--on", str(LAST_DAY), "--by", "department")

    def compile(self) -> None:
        from duban.demonstration import YEAR, in_short, report_figures
        from models.exact import decimal_text

        self.step(f"编制 {YEAR} 年度报告")
        out = self.edge.settings.home / REPORT
        self.command("report", "compile", "--year", str(YEAR), "--out", str(self.folder / REPORT))
        if out.exists():
            say(f"{out} 已存在，跳过。")
        else:
            self.run("report", "compile", "--year", str(YEAR), "--out", out, "--on", FILED_ON)
        with self.edge.reading() as session:
            figures = report_figures(session, self.edge.organ(session, None))
        shown = table("数字", "数值", "所在部分", "所据记录", title="报告中的数字，各有依据")
        for heading, figure in figures:
            about = "（约数）" if figure.approximate else ""
            shown.add_row(
                figure.name, f"{decimal_text(figure.value)}{figure.unit}{about}", heading, in_short(figure.rows)
            )
        show_table(shown)
        say("打开依据：")
        self.command("report", "trace", "行政执法案件", "--year", str(YEAR))

    def close_the_circle(self) -> None:
        from duban.demonstration import YEAR, announced_items
        from tasks.plan.sum_plans import items_in

        following = YEAR + 1
        self.step(f"把报告读回来，作为 {following} 年度计划的草稿")
        out = self.edge.settings.home / REPORT
        self.command("plan", "import", str(self.folder / REPORT), "--year", str(following), "--on", FILED_ON)
        if self._is_imported(REPORT, following):
            say("已存在，跳过。")
        else:
            self.run("plan", "import", out, "--year", str(following), "--on", FILED_ON)
        with self.edge.reading() as session:
            announced = announced_items(session, self.edge.organ(session, None))
            drafted = items_in(session, self.edge.plan(session, following, None))
        say(f"报告的下一年度安排写了 {announced} 项，{following} 年度计划现有 {drafted} 项。")

    def name_files(self) -> None:
        self.step("写出的文件")
        settings = self.edge.settings
        mails = sum(1 for part in ("new", "cur") for _ in (settings.maildir / part).glob("*"))
        for path, what in (
            (settings.home / REPORT, "年度报告，用 Word 或 WPS 打开"),
            (settings.maildir, f"全年的督办邮件 {mails} 封（Maildir 格式，用邮件程序打开）"),
            (settings.home / "duban.db", "数据库"),
            (settings.home / MARK, "说明这是演示数据"),
        ):
            say(f"  {path}  {what}")


def _near(path: Path) -> str:
    """The path as short as it can be written from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
