"""An act, declared: its words, what it asks, whom it reaches, the task it calls and what it says afterwards.

The form of a page, the body of the interface and the command follow from it. Who may do it and in which states is
said by `models.people.permission` and `models.items.lifecycle` of its action and applied by `tasks.acting.perform`,
never here.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from models.field import Field
from models.people.permission import Action

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.actor import Actor
    from models.coded import Coded
    from tasks.files.check_upload import Examined, Limits
    from tasks.files.file_store import FileStore

S = TypeVar("S")
"""What an act is done upon."""


class Way(enum.Flag):
    """By which ways an act, or a field of it, is offered."""

    PAGE = enum.auto()
    PROGRAM = enum.auto()
    COMMAND = enum.auto()


EVERY_WAY = Way.PAGE | Way.PROGRAM | Way.COMMAND


@dataclass(frozen=True)
class Entry(Field):
    """A field of an act."""

    ways: Way = EVERY_WAY
    none: str | None = None
    """What a choice of a form may be left at."""
    called: str = ""
    """What an error of the task calls it: such an error is shown beside the field."""
    shown: Callable[[Session, Any, Actor], bool] | None = None
    """Whether a form asks it of this person now; always where nothing is said."""
    stands: Callable[[Session, Any, Actor], str] | None = None
    """What a form shows in it at first, where that depends on what the act is upon."""
    example: Any = None
    """What the description of the interface shows."""
    flag: str = ""
    """The option of the command, or its argument; else the name, without the `_on` of a day."""
    positional: bool = False
    """Whether the command takes it as an argument, without an option."""
    several: bool = False
    """Whether more than one may be named."""
    metavar: str = ""
    """What the command's help shows in place of a value; else what its kind is called there."""
    help: str = ""
    """What the command's help says; else the label."""
    sides: tuple[str, str] = ("yes", "no")
    """The words by which a form sends, and the options by which a command says, a yes and a no."""


@dataclass(frozen=True)
class Uploads:
    """The files that came with a form, and where they are to be kept."""

    files: Sequence[Examined]
    store: FileStore
    limits: Limits


@dataclass(frozen=True)
class Deed(Generic[S]):
    """An act about to be done. `given` has what was sent by the names of its entries, read as their kind.

    A day, a number, a tick, a yes or no, a member of an enumeration, the row of a department or person, ids, Uploads,
    or a text; None, empty or False where nothing was said.
    """

    session: Session
    upon: S
    by: Actor
    given: Mapping[str, Any]
    about: Any = None
    """What else it speaks of: the instruction it answers, the period that is scored."""


@dataclass(frozen=True)
class ActOutcome:
    """What was done: the sentence for people, the ids of the rows it made, and what a command tells."""

    said: str
    rows: Sequence[int] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    """What the command answers a program."""
    words: str = ""
    """What the command says on the screen, where it tells more than a page, which shows the rest."""


@dataclass(frozen=True)
class Act(Generic[S]):
    """One act. `does` calls its task and tells what was done."""

    verb: str
    action: Action
    title: str
    does: Callable[[Deed[S]], ActOutcome]
    entries: tuple[Entry, ...] = ()
    explains: str = ""
    """What will happen, on the form."""
    reaches: str = ""
    """Who will be told, where that depends on what is chosen; else `tasks.items.foresee` knows."""
    approve: bool = True
    """Of a decision: whether it is the one that passes the request on."""
    of_instruction: bool = False
    """Whether it answers one instruction of the item."""
    proved: bool = False
    """Whether a page asks for the password again, unless it was typed some minutes ago."""
    grave: bool = False
    """Drawn as what is not taken back easily."""
    ways: Way = EVERY_WAY
    address: str = ""
    """The last part of its address in the interface; else the verb."""
    command: str = ""
    """The name of its command; else the verb."""
    help: str = ""
    """What the command's help says."""

    @property
    def at_once(self) -> bool:
        """Whether a button is enough."""
        return not self.entries

    @property
    def code(self) -> str:
        """What programs call it."""
        return self.address or self.verb.replace("-", "_")

    def asked(self, way: Way) -> list[Entry]:
        """The entries that this way asks for."""
        return [entry for entry in self.entries if way in entry.ways]

    def named_in(self, message: str) -> str | None:
        """The field that an error of the task speaks of."""
        return next((entry.name for entry in self.entries if entry.called and entry.called in message), None)


def offered(choices: type[Coded]) -> str:
    """The members of an enumeration as help lists them."""
    return "、".join(member.label for member in choices) + "。"
