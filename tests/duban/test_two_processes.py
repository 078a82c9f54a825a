"""Two `duban serve` with data folders of their own on one PostgreSQL and one store: either knows what the other did."""

import csv
import datetime as dt
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from sqlmodel import select

from duban.web.visit import COOKIE
from models import clock
from models.database import open_engine, unit_of_work
from models.items.evidence import Evidence
from models.items.item import WorkItem
from models.migrate import create_or_upgrade
from models.people.person import Person, Role
from models.settings import Settings
from tasks.access.hold_session import start_session
from tasks.access.office_key import FILE
from tasks.engine.take_job import ABANDONED
from tests.item_forms import fill
from tests.office import HANDLER, SUPERVISOR, Office
from tests.processes import eventually
from tests.web import Visitor, words_of

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ROWS = 4_000


@dataclass
class Process:
    """One `duban serve` in a folder of its own."""

    home: Path
    process: subprocess.Popen[str]
    address: str
    held: ExitStack

    def of(self, token: str) -> Visitor:
        """The browser of whoever has the session, sent here this time."""
        client = self.held.enter_context(
            httpx.Client(base_url=self.address, cookies={COOKIE: token}, follow_redirects=True, timeout=60)
        )
        return Visitor(cast(Any, client), token)


def start(home: Path, url: str, store: Path, held: ExitStack) -> Process:
    errors = held.enter_context((home / "stderr").open("w+"))
    process = subprocess.Popen(
        [sys.executable, "-m", "duban.cli", "--home", str(home), "serve", "--port", "0", "--no-prefect"],
        stdout=subprocess.PIPE, stderr=errors, encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "DUBAN_DATABASE_URL": url,
             "DUBAN_EVIDENCE_URL": str(store)},
    )  # fmt: skip
    held.callback(end, process)
    assert process.stdout is not None
    said = process.stdout.readline()
    address = re.search(r"http://[\d.:]+", said)
    assert address, (home / "stderr").read_text()
    return Process(home, process, address[0], held)


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


@dataclass
class Province:
    """The office, and its two processes."""

    office: Office
    url: str
    store: Path
    one: Process
    other: Process
    held: ExitStack

    def token(self, name: str) -> str:
        with unit_of_work(self.office.engine) as session:
            person = session.exec(select(Person).where(Person.name == name)).one()
            return start_session(session, person, address="127.0.0.1", agent="test", now=clock.now())

    def count(self, table: Any) -> int:
        return len(self.office.rows(table))


@pytest.fixture
def province(postgres_database: str, tmp_path: Path) -> Iterator[Province]:
    homes, store = [tmp_path / "a", tmp_path / "b"], tmp_path / "store"
    create_or_upgrade(Settings(home=homes[0], database_url=postgres_database))
    homes[1].mkdir(mode=0o700)
    engine = open_engine(postgres_database)
    today = clock.today()
    office = Office(engine, homes[0], year=today.year)
    office.hire("管网络", Role.ADMINISTRATOR, "管理员")
    office.assign("普法宣传", due=str(today), on=str(today - dt.timedelta(days=20)))
    with ExitStack() as held:
        one = start(homes[0], postgres_database, store, held)
        shutil.copy(homes[0] / FILE, homes[1] / FILE)
        other = start(homes[1], postgres_database, store, held)
        yield Province(office, postgres_database, store, one, other, held)
    engine.dispose()


def listed(rows: int) -> bytes:
    """A list of more than is looked through while its person waits."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["序号", "任务内容", "牵头单位", "承办人", "完成时限"])
    for number in range(1, rows + 1):
        writer.writerow([number, f"第{number}批行政执法案卷评查和问题整改", "法规科", HANDLER, "11月底前"])
    return out.getvalue().encode()


def test_what_is_done_at_one_process_is_known_at_the_other(province: Province) -> None:
    one, other = province.one, province.other
    handler, supervisor = province.token(HANDLER), province.token(SUPERVISOR)

    assert "这里选定的只保存在打开本页的这台机器上" in one.of(province.token("管网络")).read("/settings/office")
    content = "清理结果".encode()
    said = fill(one.of(handler), "/items/1/evidence", files=[("file", ("总结.txt", content, "text/plain"))])
    assert "已上传佐证材料 1 份。" in said
    piece = province.office.rows(Evidence)[0].id
    assert other.of(handler).get(f"/evidence/{piece}").content == content

    year, file = str(province.office.year + 1), {"file": ("分工表.csv", io.BytesIO(listed(ROWS)))}
    begun = one.of(supervisor).post("/plans/import", {"plan_year": year}, files=file)
    assert begun.status_code == 303, words_of(begun.text)
    looking = begun.headers["location"].partition("?")[0]
    assert looking.startswith("/jobs/")

    def state(process: Process, address: str) -> str:
        return str(process.of(supervisor).get(f"{address}.json").json()["state"])

    assert eventually(lambda: state(other, looking) == "done", 120)
    # Looked through at one, confirmed at the other, which is killed over it.
    found = re.search(r"/plans/import\?[^\"]*waiting=([\w-]+)", other.of(supervisor).get(looking).text)
    assert found, words_of(other.of(supervisor).get(looking).text)
    assert "行政执法案卷评查" in other.of(supervisor).read("/plans/import", waiting=found[1], shown="all")
    items = province.count(WorkItem)
    confirmed = {"do": "confirm", "waiting": found[1]}
    bringing = other.of(supervisor).post("/plans/import", confirmed).headers["location"].partition("?")[0]
    assert eventually(lambda: state(other, bringing) == "running", 30)
    other.process.kill()
    other.process.wait()
    assert state(one, bringing) == "running"
    assert eventually(lambda: state(one, bringing) == "failed", 60)
    assert ABANDONED in one.of(supervisor).read(bringing)
    assert province.count(WorkItem) == items

    # Begun anew at one, while the other, restarted and asked all the time, leaves it alone.
    back = start(other.home, province.url, province.store, province.held)
    bringing = one.of(supervisor).post("/plans/import", confirmed).headers["location"].partition("?")[0]
    states: set[str] = set()

    def done() -> bool:
        states.add(state(back, bringing))
        return "done" in states

    assert eventually(done, 180), states
    assert states <= {"waiting", "running", "done"}
    assert province.count(WorkItem) == items + ROWS


def test_a_process_with_a_key_or_a_store_of_its_own_is_refused_with_a_sentence(
    province: Province, tmp_path: Path
) -> None:
    home = tmp_path / "c"
    home.mkdir(mode=0o700)
    with ExitStack() as held, pytest.raises(AssertionError, match=r"c 中没有密钥 secret\.key"):
        start(home, province.url, province.store, held)
    shutil.copy(province.one.home / FILE, home / FILE)
    with ExitStack() as held, pytest.raises(AssertionError, match="不是本系统其他进程所用的那一处"):
        start(home, province.url, tmp_path / "own", held)
