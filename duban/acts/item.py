"""Every act upon an item, in the order in which an item page offers them."""

from duban.acts import instruction
from duban.acts.declaration import Act
from duban.acts.item_amends import ACHIEVE, CORRECT, WITHDRAW
from duban.acts.item_closure import ACCEPT, REOPEN, REQUEST_CLOSE, RETURN
from duban.acts.item_hand import ADJUST, CANCEL, EDIT
from duban.acts.item_talk import COMMENT, WITHDRAW_COMMENT
from duban.acts.item_terms import (
    APPROVE,
    APPROVE_ADJUSTMENT,
    EXTEND,
    REFUSE,
    REFUSE_ADJUSTMENT,
    RESUME,
    SNOOZE,
    SUSPEND,
    URGE,
)
from duban.acts.item_work import EVIDENCE, MILESTONE, OBJECT, REACHED, REPORT, SIGN, SPLIT, TRANSFER
from models.items.item import WorkItem

ItemAct = Act[WorkItem]

ACTS: tuple[ItemAct, ...] = (
    SIGN, REPORT, EVIDENCE, REQUEST_CLOSE, EXTEND, OBJECT, MILESTONE, REACHED, APPROVE, REFUSE,
    APPROVE_ADJUSTMENT, REFUSE_ADJUSTMENT, ACCEPT, RETURN, URGE,
    instruction.INSTRUCT, instruction.SIGN, instruction.REPLY, instruction.CLOSE,
    instruction.ASK_MORE,
    TRANSFER, SPLIT, SUSPEND, RESUME, REOPEN, EDIT, ADJUST, CANCEL, SNOOZE, WITHDRAW, CORRECT, ACHIEVE,
    COMMENT, WITHDRAW_COMMENT,
)  # fmt: skip

BY_VERB = {act.verb: act for act in ACTS}
