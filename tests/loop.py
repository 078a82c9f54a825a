"""What stories of the closed loop look at: receipts, the words of a day, the trail of acts."""

from models.audit import GENESIS, AuditEntry
from models.database import unit_of_work
from models.dates.day_override import office_calendar
from models.items.explanation import explain_deadline
from models.items.instruction import Instruction
from models.items.item import DeadlineMove
from models.items.receipt import Receipt
from models.ladder.light import Light
from models.papers.document import Document, DocumentKind
from models.people.organ import Department
from tasks.items.answer_instruction import ask_more, close_instruction, reply
from tasks.items.instruct import Given
from tasks.items.show_item import show_item
from tests.office import HANDLER, LEADER, SUPERVISOR, Office

HELPER = "钱科长"
QUARTERLY = "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"


def receipts(office: Office, number: str) -> list[tuple[str | None, str | None, str | None, str | None]]:
    """(unit, who signed, for whom, when) of each receipt of the item, the open ones with nobody."""
    names = {row.id: row.name for row in office.rows(Department)}
    return [
        (names.get(row.department_id), office.name_of(row.person_id), office.name_of(row.for_id), str(row.signed_on))
        if row.signed_on
        else (names.get(row.department_id), None, None, None)
        for row in office.rows(Receipt)
        if row.item_id == office.item(number).id
    ]


def department(office: Office, name: str) -> Department:
    [found] = [row for row in office.rows(Department) if row.name == name]
    return found


def explanation(office: Office, number: str) -> str:
    """How the item's first day explains itself."""
    first = office.deadlines(number)[0]
    return explain_deadline(first, [move for move in office.rows(DeadlineMove) if move.deadline_id == first.id])


def acts(office: Office, number: str) -> list[tuple[str, str]]:
    """(who, what) of every act upon the item, as the audit trail has it."""
    item_id = office.item(number).id
    return [(entry.actor, entry.action) for entry in office.rows(AuditEntry) if entry.item_id == item_id]


def expect_whole_trail(office: Office) -> None:
    entries = office.rows(AuditEntry)
    assert [entry.hash for entry in entries] == [entry.chained() for entry in entries]
    assert [GENESIS, *(entry.hash for entry in entries)][:-1] == [entry.previous for entry in entries]


def written(office: Office, kind: DocumentKind) -> list[str]:
    return [row.written_number for row in office.rows(Document) if row.kind is kind]


def ask_for_more(office: Office, given: Given, *, on: str, who: str = LEADER, content: str = "请附名单") -> None:
    with unit_of_work(office.engine) as session:
        instruction = session.get_one(Instruction, given.instruction.id)
        ask_more(session, instruction, by=office.by(session, who, on), content=content)


def answer(office: Office, given: Given, *, on: str, who: str = HANDLER, closes: str | None = SUPERVISOR) -> None:
    """The instruction is replied to, and closed unless nobody `closes` it."""
    with unit_of_work(office.engine) as session:
        instruction = session.get_one(Instruction, given.instruction.id)
        reply(session, instruction, by=office.by(session, who, on), content="已落实")
        if closes is not None:
            close_instruction(session, instruction, by=office.by(session, closes, on), outcome="落实到位")


def light(office: Office, number: str) -> Light:
    """The item's light on the office's day."""
    with unit_of_work(office.engine) as session:
        item, by = office.item(number), office.by(session, SUPERVISOR, office.today)
        shown: Light = show_item(session, item, by=by, calendar=office_calendar(session))["light"]
        return shown
