"""Import the people of an office: organs, departments, persons, the posts they hold and who stands in for them.

The whole list is checked before the first row is written; people are recognised by organ and name, and by
their mobile number where several share a name.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session, select

from models.actor import Actor
from models.database import key as id_of
from models.errors import CellError, ImportRefusedError
from models.people.organ import Department, Organ
from models.people.permission import Action
from models.people.person import Oversight, Person, Post, Role, Tenure
from models.people.staff_proposal import ProposalKind
from tasks.acting.audit import recorded, watched, write_alone
from tasks.acting.authorize import Standing, authorize_organ
from tasks.people.find import UNNAMED_ORGAN
from tasks.reading.sheet import Sheet, open_workbook
from tasks.reading.staff_list import STAFF, StaffRow, plain, read_staff, typed_row
from tasks.sheets.batches import begin_batch, digest
from tasks.sheets.rows import keep_changes, recorded_changes
from tasks.staff.listed_posts import ListedPosts
from tasks.staff.officers import check_separate
from tasks.staff.second_person import Second
from tasks.staff.tell_people import tell_people

_IN_THE_ORGAN = {Role.LEADER, Role.FIRST_RESPONSIBLE}
"""Their posts stand in the organ itself: the departments named are those they are in charge of."""


@dataclass(frozen=True)
class ImportedPeople:
    """What a staff list holds, each counted once; `new` counts what was not registered before.

    `updated` counts what of it is changed: particulars of people and organs, who is in charge of what.
    """

    organs: int
    departments: int
    people: int
    posts: int
    new: dict[str, int]
    updated: int = 0
    batch: int | None = None
    proposed: int = 0
    """Appointments and deputies that wait for a second person."""
    notes: tuple[str, ...] = ()
    """What stands hidden or struck out in the list and was read, in words."""


def import_people(
    session: Session,
    path: Path,
    *,
    by: Actor,
    on: dt.date,
    dry_run: bool = False,
    sheets: Sequence[Sheet] | None = None,
) -> ImportedPeople:
    """Bring in the staff list at `path`; new posts are held from `on`. The caller commits.
    `sheets` is what the file holds, for whoever opens it before the transaction.

    A person already known is updated where a cell says something; a post no longer listed stays as it is.
    A post whose holder is gone is taken over by the newcomer listed with its department, title and role.
    `by` must be allowed to manage the people of every organ listed; organs are founded and moved in their tree by
    whoever may for all. Each organ's trail says which file it was and what it brought, not every row; what each row
    was before is kept with the batch. In a dry run all is done and rolled back; what changes nothing leaves no batch.

    Raises UnreadableFileError where the file cannot be read, ForbiddenError, ImportRefusedError with every wrong cell.
    """
    rows, errors, notes = read_staff(sheets or open_workbook(path), path.name)
    office, granted = _checked(session, rows, errors, by=by, on=on)
    savepoint = session.begin_nested() if dry_run else None
    with watched(session) as record:
        done = office.write(on, by, granted)
    changes = recorded_changes(record)
    done = replace(done, updated=sum(change["before"] is not None for change in changes), notes=tuple(notes))
    if savepoint is not None:
        savepoint.rollback()
        return done
    if changes:
        organs = {office.organs[name].id for name in granted}
        batch = begin_batch(session, STAFF, path, by=by, organ_id=organs.pop() if len(organs) == 1 else None)
        keep_changes(session, batch, changes)
        done = replace(done, batch=batch.id)
    for name, standing in granted.items():
        told = {"file": path.name, "sha256": digest(path), **office.told(name)}
        if done.batch is not None:
            told["batch"] = done.batch
        organ_id, for_id = office.organs[name].id, standing.seat.for_id
        write_alone(session, by, Action.STAFF, organ_id=organ_id, for_id=for_id, after=told)
    tell_people(session, office.moved, office.begun, by=by)
    return done


def enlist(session: Session, organ: Organ, text: Mapping[str, str], *, by: Actor, on: dt.date) -> ImportedPeople:
    """Bring in one person typed into a form, `text` by the columns of a staff list; all else as `import_people` does.

    A person already known gets a further post. Raises ForbiddenError, ImportRefusedError with every wrong field.
    """
    row, errors = typed_row({**text, "单位": organ.name})
    office, granted = _checked(session, [row], errors, by=by, on=on)
    for_id = granted[row.organ].seat.for_id
    with recorded(session, by, Action.STAFF, organ_id=organ.id, for_id=for_id):
        done = office.write(on, by, granted)
        tell_people(session, office.moved, office.begun, by=by)
        return done


def _checked(
    session: Session, rows: list[StaffRow], errors: list[CellError], *, by: Actor, on: dt.date
) -> tuple["_Office", dict[str, Standing]]:
    """The rows beside what is registered, with how `by` may write them. Raises ForbiddenError, ImportRefusedError."""
    office = _Office(session, rows)
    granted = office.authorize(by)
    errors += office.check(on)
    if errors:
        raise ImportRefusedError(sorted(errors, key=lambda error: (error.sheet or "", error.row or 0)))
    return office, granted


_Made = TypeVar("_Made", Organ, Department, Person)
_KINDS = ("organs", "departments", "people", "posts")
_Key = tuple[str, str, str]
"""Organ, name and, where several share the name, mobile number."""


class _Office:
    """The rows of a list beside what is registered: first everything is checked, then everything is written."""

    def __init__(self, session: Session, rows: list[StaffRow]) -> None:
        self.session, self.rows = session, rows
        self.organs = {plain(organ.name): organ for organ in session.exec(select(Organ))}
        for row in rows:
            if not row.text["单位"] and len(self.organs) == 1:
                row.text["单位"] = next(iter(self.organs.values())).name
        self.known: dict[tuple[str, str], list[Person]] = defaultdict(list)
        for name in {row.organ for row in rows} & self.organs.keys():
            for person in session.exec(select(Person).where(Person.organ_id == self.organs[name].id)):
                self.known[name, plain(person.name)].append(person)
        self.mobiles: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in rows:
            self.mobiles[row.organ, row.name].add(row.text["手机"])
        self.people: dict[_Key, list[StaffRow]] = defaultdict(list)
        for row in rows:
            self.people[self._key(row)].append(row)
        self.new: Counter[tuple[str, str]] = Counter()
        """How many of each kind were not registered before, by organ and kind."""
        self.proposed = 0
        self.moved: list[tuple[Person, str | None]] = []
        """Whose mail address changes, and what it was."""
        self.begun: list[tuple[Person, Post, Tenure]] = []
        """Who takes up which post."""

    def _key(self, row: StaffRow) -> _Key:
        several = len(self.mobiles[row.organ, row.name] - {""}) > 1
        return row.organ, row.name, row.text["手机"] if several else ""

    def authorize(self, by: Actor) -> dict[str, Standing]:
        """How `by` may bring in the people of each organ listed. Raises ForbiddenError."""
        granted = {}
        for row in self.rows:
            if not row.organ:
                continue
            organ, above = self.organs.get(row.organ), plain(row.text["上级单位"])
            if row.organ not in granted:
                granted[row.organ] = authorize_organ(self.session, by, Action.STAFF, organ.id if organ else None)
            if above and (above not in self.organs or (organ and organ.parent_id != self.organs[above].id)):
                authorize_organ(self.session, by, Action.STAFF, None)
        return granted

    def told(self, organ: str) -> dict[str, int]:
        """What the list holds of an organ, and what of it is new, in numbers."""
        new = {f"new_{kind}": count for (name, kind), count in self.new.items() if name == organ}
        return {"people": sum(key[0] == organ for key in self.people), **new}

    def check(self, on: dt.date) -> Iterator[CellError]:
        for row in self.rows:
            if not row.text["单位"]:
                yield row.wrong("单位", "应填写单位名称")
        yield from self._check_organs()
        for key, rows in self.people.items():
            yield from self._check_person(key, rows, on)

    def _check_organs(self) -> Iterator[CellError]:
        owners = {organ.code: name for name, organ in self.organs.items()}
        codes: dict[str, str] = {}
        parents: dict[str, str] = {}
        for row in self.rows:
            code, parent = row.text["单位代码"], plain(row.text["上级单位"])
            if code and codes.setdefault(row.organ, code) != code:
                yield row.wrong("单位代码", f"与上文不一致：同一单位前面写的是 {codes[row.organ]}")
            elif code and owners.setdefault(code, row.organ) != row.organ:
                yield row.wrong("单位代码", "已是另一单位的代码，请换一个")
            if parent and parents.setdefault(row.organ, parent) != parent:
                yield row.wrong("上级单位", "与上文不一致：一个单位只能有一个上级")
            elif parent and self._circular(row.organ, parents):
                yield row.wrong("上级单位", "单位不能是自己的上级或下级")

    def _circular(self, organ: str, parents: dict[str, str]) -> bool:
        ids = {found.id: name for name, found in self.organs.items()}
        above = {name: ids[found.parent_id] for name, found in self.organs.items() if found.parent_id} | parents
        seen = {organ}
        while organ in above:
            organ = above[organ]
            if organ in seen:
                return True
            seen.add(organ)
        return False

    def _check_person(self, key: _Key, rows: list[StaffRow], on: dt.date) -> Iterator[CellError]:
        first = rows[0]
        if not first.text["姓名"]:
            return
        known = self.known[key[:2]]
        person = self._person(key)
        name = first.text["姓名"]
        if not key[2] and len(self.mobiles[key[:2]] - {""}) > 1:
            yield first.wrong("手机", f"表中有几位“{name}”，应填手机号以便区分")
        elif not key[2] and person is None and known:
            yield first.wrong("手机", f"本单位已登记 {len(known)} 位“{name}”，应填其中一位的手机号")
        elif person is None and any(other.mobile is None for other in known):
            yield first.wrong("手机", f"已登记的“{name}”没有手机号，无法区分：请先单独导入这一位并填写手机号")
        if person is not None and person.left_on is not None and person.left_on < on:
            yield first.wrong("姓名", f"已于 {person.left_on} 离任：请删去此行；重新任职请办理岗位交接")
        for column in ("邮箱", "代理人"):
            said = [row for row in rows if row.text[column]]
            for row in said[1:]:
                if row.text[column] != said[0].text[column]:
                    yield row.wrong(column, f"与第 {said[0].place} 行不一致：同一人只能有一个{column}")
        for row in rows:
            if row.text["代理人"]:
                yield from self._check_deputy(row)

    def _check_deputy(self, row: StaffRow) -> Iterator[CellError]:
        found = self._named(row.organ, plain(row.text["代理人"]))
        if not found:
            yield row.wrong("代理人", "应为本单位已登记的人员，或本表中同一单位的姓名")
        elif found == [self._key(row)]:
            yield row.wrong("代理人", "代理人不能是本人")
        elif len(found) > 1:
            yield row.wrong("代理人", "本单位有几位同名人员，无法确定是哪一位")

    def _person(self, key: _Key) -> Person | None:
        """The registered person meant by `key`; a lone namesake is the same person, whatever the number says."""
        known = self.known[key[:2]]
        if not key[2] and len(known) == 1:
            return known[0]
        mobiles = {key[2]} if key[2] else self.mobiles[key[:2]]
        return next((person for person in known if person.mobile in mobiles), None)

    def _named(self, organ: str, name: str) -> list[_Key | Person]:
        """Everybody of that name in the organ, listed or registered."""
        listed = [key for key in self.people if key[:2] == (organ, name)]
        matched = [self._person(key) for key in listed]
        return [*listed, *(person for person in self.known[organ, name] if person not in matched)]

    def write(self, on: dt.date, by: Actor, granted: Mapping[str, Standing]) -> ImportedPeople:
        """Write all of it; what nobody does alone (`tasks.staff.second_person`) is proposed.

        Raises ForbiddenError where somebody came to hold two of the officers' posts.
        """
        self._write_organs()
        departments = self._write_departments()
        people = self._write_people()
        # Asked before anybody on the list holds anything: of a first list nobody can be asked about another.
        second = {
            id_of(self.organs[name].id): Second(self.session, by, granted[name], id_of(self.organs[name].id))
            for name in {row.organ for row in self.rows}
        }
        posts = self._write_posts(people, departments, on, second)
        self._write_deputies(people, second)
        for name in {row.organ for row in self.rows}:
            check_separate(self.session, id_of(self.organs[name].id), {person.id for person in people.values()}, on=on)
        return ImportedPeople(
            organs=len({row.organ for row in self.rows}),
            departments=len(departments),
            people=len(people),
            posts=posts,
            proposed=self.proposed,
            new={kind: sum(count for (_, of), count in self.new.items() if of == kind) for kind in _KINDS},
        )

    def _write_organs(self) -> None:
        named = {plain(name): name for row in self.rows for name in (row.text["上级单位"], row.text["单位"]) if name}
        codes = {row.organ: row.text["单位代码"] for row in self.rows if row.text["单位代码"]}
        taken = {organ.code for organ in self.organs.values()} | set(codes.values())
        unnamed = self.organs.get(UNNAMED_ORGAN)
        if unnamed is not None and len(named) == 1 == len(self.organs):
            # A plan came in before anybody said whose it is.
            [[key, unnamed.name]] = named.items()
            self.organs = {key: unnamed}
        for key, name in named.items():
            if key not in self.organs:
                number = next(n for n in range(1, len(taken) + 2) if f"organ-{n}" not in taken)
                code = codes.get(key, f"organ-{number}")
                taken.add(code)
                self.organs[key] = self._add(key, "organs", Organ(code=code, name=name))
            elif key in codes:
                self.organs[key].code = codes[key]
        self.session.flush()
        for row in self.rows:
            if row.text["上级单位"]:
                self.organs[row.organ].parent_id = self.organs[plain(row.text["上级单位"])].id
        self.session.flush()

    def _write_departments(self) -> dict[tuple[str, str], Department]:
        """The departments listed, by organ and name."""
        listed: dict[tuple[str, str], Department] = {}
        for name in {row.organ: None for row in self.rows}:
            organ_id = id_of(self.organs[name].id)
            query = select(Department).where(Department.organ_id == organ_id)
            known = {plain(department.name): department for department in self.session.exec(query)}
            for department in (part for row in self.rows if row.organ == name for part in row.departments):
                found = known.get(plain(department))
                if found is None:
                    found = self._add(name, "departments", Department(organ_id=organ_id, name=department))
                    known[plain(department)] = found
                listed[name, plain(department)] = found
        self.session.flush()
        return listed

    def _write_people(self) -> dict[_Key, Person]:
        written: dict[_Key, Person] = {}
        for key, rows in self.people.items():
            person = self._person(key)
            if person is None:
                organ_id = id_of(self.organs[key[0]].id)
                person = self._add(key[0], "people", Person(organ_id=organ_id, name=rows[0].text["姓名"]))
            before = person.email
            for row in rows:
                person.email = row.text["邮箱"] or person.email
                person.mobile = row.text["手机"] or person.mobile
            written[key] = person
            if person.email != before:
                self.moved.append((person, before))
        self.session.flush()
        return written

    def _write_deputies(self, written: dict[_Key, Person], second: Mapping[int, Second]) -> None:
        """Once the posts are filled: whose deputy somebody becomes decides whether a second person is asked."""
        for key, rows in self.people.items():
            for row in rows:
                if row.text["代理人"]:
                    [found] = self._named(row.organ, plain(row.text["代理人"]))
                    deputy = found if isinstance(found, Person) else written[found]
                    self._stand_in(written[key], deputy, second[written[key].organ_id])
        self.session.flush()

    def _stand_in(self, person: Person, deputy: Person, second: Second) -> None:
        if deputy.id == person.deputy_id:
            return
        why = second.needed_for_deputy(person, deputy.id, on=second.by.on)
        if why is None:
            person.deputy_id = deputy.id
            return
        second.note(ProposalKind.DEPUTY, person.organ_id, person, why, deputy_id=deputy.id)
        self.proposed += 1

    def _write_posts(
        self,
        people: dict[_Key, Person],
        departments: dict[tuple[str, str], Department],
        on: dt.date,
        second: Mapping[int, Second],
    ) -> int:
        seats = ListedPosts(self.session, second, self.begun)
        charges: dict[int, set[int]] = defaultdict(set)
        for key, rows in self.people.items():
            for row in rows:
                named = [id_of(departments[row.organ, plain(name)].id) for name in row.departments]
                for role in row.roles:
                    places = [None] if role in _IN_THE_ORGAN or not named else named
                    for place in places:
                        post = seats.held_by(people[key], place, row.text["职务"] or role.label, role, on)
                        charges[id_of(post.id)].update(named if role in _IN_THE_ORGAN else ())
        for post_id, wanted in charges.items():
            if wanted:
                self._put_in_charge(post_id, wanted)
        self.session.flush()
        for name in {row.organ for row in self.rows}:
            self.new[name, "posts"] = seats.added[id_of(self.organs[name].id)]
        self.proposed += seats.proposed
        return len(charges)

    def _put_in_charge(self, post_id: int, wanted: set[int]) -> None:
        """A leader is in charge of the departments listed, and of no others."""
        present = {
            row.department_id: row for row in self.session.exec(select(Oversight).where(Oversight.post_id == post_id))
        }
        for department_id in wanted - present.keys():
            self.session.add(Oversight(department_id=department_id, post_id=post_id))
        for department_id in present.keys() - wanted:
            self.session.delete(present[department_id])

    def _add(self, organ: str, kind: str, made: _Made) -> _Made:
        self.session.add(made)
        self.new[organ, kind] += 1
        return made
