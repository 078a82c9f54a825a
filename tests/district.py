"""Three bureaus in which everything could leak that ever will, and what each of their people may do there.

A bureau of the city stands over two sibling bureaus that are alike to the last title and number.
"""

import datetime as dt

from sqlmodel import Session, col, select

from models.actor import Actor, Channel
from models.clock import opening_of
from models.database import key
from models.items.item import ItemLeader, ItemUnit, WorkItem
from models.items.lifecycle import LIFECYCLE
from models.items.plan import AnnualPlan, Project
from models.people.organ import Department, Organ
from models.people.permission import Action
from models.people.person import Oversight, Person, Post, Role, Tenure
from tasks.acting.authorize import standings
from tasks.people.find import find_person

ON = dt.date(2026, 6, 8)
DAY = dt.timedelta(days=1)
LONG_AGO = dt.date(2020, 1, 1)
H, D, L, F = Role.HANDLER, Role.DEPARTMENT_HEAD, Role.LEADER, Role.FIRST_RESPONSIBLE
S, A, M = Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR

CAST: dict[str, tuple[Role, str | None]] = {
    "一承办": (H, "一科"), "一同事": (H, "一科"), "一科长": (D, "一科"), "二承办": (H, "二科"), "二科长": (D, "二科"),
    "外勤": (H, None), "分管": (L, None), "副局": (L, None), "局长": (F, None), "督办": (S, None), "监督": (A, None),
    "管理": (M, None),
}  # fmt: skip
"""The people of each sibling, by what follows its name: 甲一承办. 分管 is in charge of 一科 only, 副局 of nothing."""

ITEMS = {
    "own": "一科，done by 一承办",
    "colleague": "一科，done by 一同事",
    "other": "二科，done by 二承办",
    "helped": "二科，done by 二承办；一科 cooperates",
    "named": "二科，done by 二承办；names 副局 as its leader",
    "further": "二科，done by 二承办；names 副局 second",
    "nobody": "一科，names nobody who does it",
    "part": "一科，split off from `helped`",
    "leader": "names 副局 as its leader, and nobody else at all",
    "lent": "二科，done by the post of 副局",
    "outside": "二科，done by 二承办；a unit that is no department cooperates",
}

MAY = {
    "阅": {Action.VIEW, Action.READ},
    "看": {Action.VIEW, Action.READ, Action.COMMENT_ITEM, Action.WITHDRAW_COMMENT},
    "办": {
        Action.SIGN, Action.OBJECT, Action.REPORT, Action.ATTACH, Action.MILESTONE, Action.EXTEND,
        Action.SIGN_INSTRUCTION, Action.REPLY, Action.REQUEST_CLOSE, Action.SNOOZE, Action.WITHDRAW,
        Action.CORRECT, Action.ACHIEVE,
    },
    "配": {Action.SIGN, Action.REPORT, Action.ATTACH, Action.SNOOZE, Action.CORRECT},
    "派": {Action.TRANSFER, Action.SPLIT},
    "审": {
        Action.DECIDE_EXTENSION, Action.DECIDE_ADJUSTMENT, Action.ASK_MORE, Action.CLOSE_INSTRUCTION, Action.SUSPEND,
        Action.RESUME, Action.ACCEPT, Action.RETURN,
    },
    "批": {Action.INSTRUCT},
    "督": {
        Action.URGE, Action.TRANSFER, Action.SPLIT, Action.ATTACH, Action.MILESTONE, Action.REOPEN, Action.EDIT,
        Action.ADJUST, Action.CANCEL, Action.WITHDRAW, Action.ACHIEVE,
    },
    "调": {Action.TRANSFER, Action.REOPEN},
}  # fmt: skip
"""The actions upon an item, by a character each for the table."""

TABLE = """
            own     colleague other   helped  named   further nobody  part    leader  lent    outside
    一承办  看办    看        -       看配    -       -       看办    看办    -       -       -
    一同事  看      看办      -       看配    -       -       看办    看办    -       -       -
    一科长  看办派  看办派    -       看配    -       -       看办派  看办派  -       -       -
    二承办  -       -         看办    看办    看办    看办    -       -       -       看      看办
    二科长  -       -         看办派  看办派  看办派  看办派  -       -       -       看办派  看办派
    外勤    -       -         -       -       -       -       -       -       -       -       -
    分管    看审批  看审批    -       -       -       -       看审批  看审批  -       -       -
    副局    -       -         -       -       看审批  看审批  -       -       看办审批 看办   -
    局长    看审批调 看审批调 看审批调 看审批调 看审批调 看审批调 看审批调 看审批调 看审批调 看审批调 看审批调
    督办    看审督  看审督    看审督  看审督  看审督  看审督  看审督  看审督  看审督  看审督  看审督
    监督    看      看        看      看      看      看      看      看      看      看      看
    管理    看      看        看      看      看      看      看      看      看      看      看
"""
"""What each of 甲局's people may do on each of its items; on those of 乙局 nothing, and the other way round."""

ABOVE = {"市局长": "阅", "市督办": "阅", "市监督": "阅", "市科长": "-", "外人": "-"}
"""What people of the bureau above, and of one beside, may do on every item of both siblings."""

ON_ITEMS = sorted({Action.VIEW, Action.READ, *LIFECYCLE} - {Action.ISSUE})


def expected() -> dict[str, dict[str, set[Action]]]:
    """By person, then by item as `甲own`, what is allowed."""
    head, *rows = (line.split() for line in TABLE.strip().splitlines())
    found: dict[str, dict[str, set[Action]]] = {}
    for organ in "甲乙":
        for name, *cells in rows:
            allowed = {organ + item: actions(cell) for item, cell in zip(head, cells, strict=True)}
            found[organ + name] = {item: allowed.get(item, set()) for item in every_item()}
    return found | {name: on_each(actions(cell)) for name, cell in ABOVE.items()}


def actions(cell: str) -> set[Action]:
    return set().union(*(MAY[word] for word in cell if word != "-"))


def on_each(may: set[Action]) -> dict[str, set[Action]]:
    return dict.fromkeys(every_item(), may)


def every_item() -> list[str]:
    return [organ + item for organ in "甲乙" for item in ITEMS]


class District:
    """Builds the three bureaus and one beside them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.posts: dict[str, int] = {}
        self.departments: dict[str, int] = {}
        city = self.organ("市局")
        for name, role in (("市局长", F), ("市督办", S), ("市监督", A), ("市科长", D)):
            self.seat(city, name, role)
        self.seat(self.organ("别局"), "外人", F)
        for name in "甲乙":
            self.sibling(name, city)

    def added(self, row: object) -> int:
        self.session.add(row)
        self.session.flush()
        return key(row.id)  # type: ignore[attr-defined]

    def organ(self, name: str, parent: int | None = None) -> int:
        return self.added(Organ(code=name, name=name, parent_id=parent))

    def seat(self, organ: int, name: str, role: Role, department: int | None = None) -> None:
        person = self.added(Person(organ_id=organ, name=name))
        post = self.added(Post(organ_id=organ, department_id=department, title=role.label, role=role))
        self.added(Tenure(post_id=post, person_id=person, started_on=LONG_AGO))
        self.posts[name] = post

    def sibling(self, name: str, city: int) -> None:
        organ = self.organ(f"{name}局", city)
        for unit in ("一科", "二科"):
            self.departments[name + unit] = self.added(Department(organ_id=organ, name=unit))
        for who, (role, unit) in CAST.items():  # type: ignore[assignment]
            self.seat(organ, name + who, role, self.departments[name + unit] if unit else None)
        self.session.add(Oversight(department_id=self.departments[name + "一科"], post_id=self.posts[name + "分管"]))
        plan = self.added(AnnualPlan(organ_id=organ, year=2026, title="2026年度工作要点"))
        project = self.added(Project(plan_id=plan, ordinal=1, name="法治建设"))

        def item(number: str, unit: str | None = None, handler: str | None = None, leader: str | None = None) -> int:
            return self.added(
                WorkItem(
                    plan_id=plan,
                    organ_id=organ,
                    project_id=project,
                    number=number,
                    title=f"普法宣传（{number}）",
                    department_id=self.departments[name + unit] if unit else None,
                    handler_post_id=self.posts[name + handler] if handler else None,
                    leader_post_id=self.posts[name + leader] if leader else None,
                )
            )

        item("own", "一科", "一承办")
        item("colleague", "一科", "一同事")
        item("other", "二科", "二承办")
        helped = item("helped", "二科", "二承办")
        self.added(ItemUnit(item_id=helped, ordinal=1, department_id=self.departments[name + "一科"], text="一科"))
        item("named", "二科", "二承办", leader="副局")
        further = item("further", "二科", "二承办", leader="局长")
        self.added(ItemLeader(item_id=further, post_id=self.posts[name + "副局"], ordinal=2))
        item("nobody", "一科")
        part = self.session.get_one(WorkItem, item("part", "一科"))
        part.parent_id = helped
        item("leader", leader="副局")
        item("lent", "二科", "副局")
        self.added(ItemUnit(item_id=item("outside", "二科", "二承办"), ordinal=1, text="县各有关单位"))


def actor(session: Session, name: str, on: dt.date = ON) -> Actor:
    return Actor(name, Channel.WEB, on, opening_of(on), find_person(session, name).id)


def items(session: Session) -> dict[str, WorkItem]:
    """Every item as `甲own`."""
    found = session.exec(select(Organ.name, WorkItem).join(WorkItem, col(WorkItem.organ_id) == Organ.id))
    return {f"{organ[0]}{item.number}": item for organ, item in found}


def allowed(session: Session, by: Actor) -> dict[str, set[Action]]:
    """What `by` may do on each item, asked one by one."""
    return {
        name: {action for action in ON_ITEMS if standings(session, by, action, item)}
        for name, item in items(session).items()
    }
