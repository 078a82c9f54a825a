"""Room for evidence: what an item and an organ may hold together, by the office's settings."""

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from models.errors import BadInputError
from models.items.evidence import Evidence, StoredFile
from models.items.item import WorkItem
from models.ledgers.leadership_act import LeadershipAct
from tasks.files.check_upload import Limits
from tasks.files.file_store import MEGABYTE


def check_room(session: Session, limits: Limits, size: int, *, organ_id: int, item: WorkItem | None = None) -> None:
    """Raises BadInputError, with the numbers, where `size` more bytes are more than the item or the organ may hold.

    Every revision of a piece counts, for every one is kept. Two who bring files at once may exceed it by one file.
    """
    held = select(func.coalesce(func.sum(StoredFile.size), 0)).join(
        Evidence, col(Evidence.sha256) == col(StoredFile.sha256)
    )
    if item is not None and limits.of_item is not None:
        of_item = session.exec(held.where(Evidence.item_id == item.id)).one()
        _refuse_over(f"任务 {item.number} 的佐证材料", int(of_item), size, limits.of_item, "evidence_item_megabytes")
    if limits.of_organ is not None:
        within = or_(
            col(Evidence.item_id).in_(select(WorkItem.id).where(WorkItem.organ_id == organ_id)),
            col(Evidence.act_id).in_(select(LeadershipAct.id).where(LeadershipAct.organ_id == organ_id)),
        )
        of_organ = session.exec(held.where(within)).one()
        _refuse_over("本单位的佐证材料", int(of_organ), size, limits.of_organ, "evidence_organ_megabytes")


def _refuse_over(whose: str, held: int, size: int, most: int, setting: str) -> None:
    if held + size > most:
        raise BadInputError(
            f"{whose}已有 {held / MEGABYTE:.1f} MB，再加 {size / MEGABYTE:.1f} MB 将超过上限 {most / MEGABYTE:g} MB。"
            f"请压缩后再上传，或请管理员调整 {setting}。"
        )
