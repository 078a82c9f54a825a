"""Draws of a small bureau, for tests of what is made of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, text
from sqlmodel import Session

from models.append_only import guards
from models.database import key, on_record, reading
from models.draws.draw_binding import DrawBinding
from models.draws.random_draw import lists_of
from models.draws.seed import SeedTerms, SeedWay
from models.people.organ import Organ
from tasks.draws.bind_draw import bind_draw
from tasks.draws.draw_inspection import draw_inspection
from tasks.draws.find_draw import BindingShown, find_binding
from tasks.draws.pledge import pledge, reveal
from tests.actors import administrator
from tests.office import LEADER, SUPERVISOR, Office, day

OBJECTS = ("甲公司", "乙公司", "丙公司", "丁公司", "戊公司")
INSPECTORS = ("张一", "李二", "王三", "赵四")
PLAN, ON = "年度抽查", "2026-03-03"
NUMBER = "3141592653589793"
"""What the second person thinks of."""
BALL = SeedTerms(SeedWay.PUBLIC, "福彩3D第2026053期起三期开奖号码，按期次先后", day("2026-03-05"), 9)
TABLES = ("draw_binding", "draw_pledge", "draw_reveal", "inspection_draw")


class Draws:
    """Each step of a draw, done by whoever does it: the supervisor binds and draws, a leader is the second person."""

    def __init__(self, office: Office) -> None:
        self.office, self.engine = office, office.engine

    @contextmanager
    def acting(self, number: int | None = None) -> Iterator[tuple[Session, Organ, Any]]:
        """A transaction on record, with the bureau and a binding."""
        with on_record(self.engine) as session:
            organ = session.get_one(Organ, self.office.organ_id)
            yield session, organ, session.get(DrawBinding, number) if number else None

    def bind(
        self, *, who: str = SUPERVISOR, on: str = ON, terms: SeedTerms | None = None, reason: str | None = None,
        **more: Any,
    ) -> int:  # fmt: skip
        """Three of five."""
        given: dict[str, Any] = {"plan": PLAN, "objects": OBJECTS, "inspectors": INSPECTORS, "percent": Decimal(60)}
        with self.acting() as (session, organ, _):
            by = self.office.by(session, who, on)
            made = bind_draw(session, organ, lists_of(**given | more), terms or SeedTerms(), by=by, reason=reason)
            return key(made.id)

    def pledge(self, number: int, *, who: str = LEADER, on: str = ON, said: str | None = NUMBER, **more: Any) -> None:
        with self.acting(number) as (session, _, binding):
            pledge(session, binding, by=self.office.by(session, who, on), number=said, **more)

    def reveal(self, number: int, *, who: str = LEADER, on: str = ON, said: str = NUMBER) -> None:
        with self.acting(number) as (session, _, binding):
            reveal(session, binding, said, by=self.office.by(session, who, on))

    def as_nobody(self, number: int | None = None) -> None:
        """The administrator at the machine, under nobody's name, binds, or draws."""
        with self.acting(number) as (session, organ, binding):
            if binding is None:
                given = lists_of(PLAN, OBJECTS, INSPECTORS, percent=Decimal(60))
                bind_draw(session, organ, given, SeedTerms(), by=administrator(day(ON)))
            else:
                draw_inspection(session, organ, binding, by=administrator(day(ON)))

    def draw(self, from_: int, *, who: str = SUPERVISOR, on: str = ON, **more: Any) -> int:
        with self.acting(from_) as (session, organ, binding):
            return draw_inspection(session, organ, binding, by=self.office.by(session, who, on), **more).id

    def drawn(self, *, on: str = ON, **more: Any) -> int:
        """All of it, in one day."""
        number = self.bind(on=on, **more)
        self.pledge(number, on=on)
        self.reveal(number, on=on)
        return self.draw(number, on=on)

    def shown(self, number: int) -> BindingShown:
        with reading(self.engine) as session:
            return find_binding(session, session.get_one(Organ, self.office.organ_id), number)


def unguarded(engine: Engine, *statements: str, **values: Any) -> None:
    """What somebody does who owns the database: the guards taken away, the rows changed."""
    with engine.begin() as connection:
        postgres = connection.dialect.name == "postgresql"
        for table in TABLES:
            for statement in guards(table)[connection.dialect.name]:
                if statement.startswith("CREATE TRIGGER"):
                    name = statement.split()[2]
                    connection.execute(text(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if postgres else "")))
        for statement in statements:
            connection.execute(text(statement), values)
