"""The posts that a staff list names: found, taken over where they are vacant, made where they are missing."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping

from sqlmodel import Session, col, select

from models.database import key as id_of
from models.dates.days import DAY
from models.people.person import Person, Post, Role, Tenure
from models.people.staff_proposal import ProposalKind
from tasks.reading.staff_list import plain
from tasks.staff.second_person import Second

Place = tuple[int, int | None, str, Role]


class ListedPosts:
    """The posts of some organs by organ, department, title and role, and who has held them."""

    def __init__(
        self, session: Session, second: Mapping[int, Second], begun: list[tuple[Person, Post, Tenure]]
    ) -> None:
        self.session, self.second, self.begun, organ_ids = session, second, begun, list(second)
        self.proposed = 0
        """Appointments that wait for a second person."""
        self.added: Counter[int] = Counter()
        """New posts by organ."""
        self.posts: dict[Place, list[Post]] = defaultdict(list)
        self.tenures: dict[int, list[Tenure]] = defaultdict(list)
        mine = select(Post).where(col(Post.organ_id).in_(organ_ids)).order_by(col(Post.id))
        for post in session.exec(mine):
            self.posts[post.organ_id, post.department_id, plain(post.title), post.role].append(post)
        held = select(Tenure).join(Post, col(Post.id) == Tenure.post_id).where(col(Post.organ_id).in_(organ_ids))
        for tenure in session.exec(held):
            self.tenures[tenure.post_id].append(tenure)

    def held_by(self, person: Person, department_id: int | None, title: str, role: Role, on: dt.date) -> Post:
        """The post of that kind which the person holds on or after `on`; else a vacant one, else a new one."""
        alike = self.posts[person.organ_id, department_id, plain(title), role]
        for known in alike:
            for tenure in self.tenures[id_of(known.id)]:
                if tenure.person_id == person.id and (tenure.ended_on is None or tenure.ended_on >= on):
                    return known
        vacant = [known for known in alike if all(past.ended_on for past in self.tenures[id_of(known.id)])]
        if vacant:
            post = vacant[0]
        else:
            post = Post(organ_id=person.organ_id, department_id=department_id, title=title, role=role)
            self.session.add(post)
            self.session.flush()
            alike.append(post)
            self.added[person.organ_id] += 1
        self._begin(person, post, on)
        return post

    def _begin(self, person: Person, post: Post, on: dt.date) -> None:
        held = self.tenures[id_of(post.id)]
        second = self.second[post.organ_id]
        why = second.needed_for_post(post, person)
        last = max((tenure.ended_on for tenure in held if tenure.ended_on), default=dt.date.min)
        started = max(on, last + DAY)
        if why is not None:
            second.note(ProposalKind.POST, post.organ_id, person, why, post=post, from_on=max(started, second.by.on))
            self.proposed += 1
            return
        tenure = Tenure(post_id=id_of(post.id), person_id=id_of(person.id), started_on=started, ended_on=person.left_on)
        held.append(tenure)
        self.session.add(tenure)
        self.begun.append((person, post, tenure))
