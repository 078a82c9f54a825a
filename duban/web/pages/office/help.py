"""帮助: the keys, and what somebody does first by the posts held."""

from collections.abc import Mapping

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from duban.web.visit import Signed
from models.people.person import Role
from tasks.acting.authorize import seats

router = APIRouter()

KEYS = (
    ("/", "跳到查找框"),
    ("?", "打开本页"),
    ("Esc", "收起打开的菜单"),
    ("j  k", "任务清单：下一行、上一行"),
    ("x", "任务清单：勾选这一行"),
    ("[  ]", "日历：前一月（日）、后一月（日）"),
    ("↑  ↓", "留言里输入 @ 之后：上一位、下一位"),
    ("Enter  Tab", "留言里输入 @ 之后：选定这一位"),
)
"""What the scripts listen to: outside of fields, and in a comment."""

Steps = tuple[tuple[str, str], ...]

FIRST_STEPS: Mapping[Role, Steps] = {
    Role.HANDLER: (
        ("签收派给您的任务；不该由您办的，提出转办异议", "/"),
        ("按期填报进展，上传佐证材料", "/items"),
        ("到期完不成的，在时限之前申请延期；办完的，申请办结", "/items"),
        ("选好通知怎样送到您，必要时订阅日历", "/account/messages"),
    ),
    Role.DEPARTMENT_HEAD: (
        ("看本科室的任务，需要的分办或转办", "/items"),
        ("登记本科室获授权的台账", "/ledgers"),
        ("考核结果有不同意见的，提出申诉", "/scores"),
    ),
    Role.LEADER: (
        ("审批延期、办结申请", "/"),
        ("看分管任务的灯色和进度，需要时批示", "/board"),
    ),
    Role.FIRST_RESPONSIBLE: (
        ("看升级到您的事项和批示的反馈", "/"),
        ("看督办看板", "/board"),
        ("审签年度报告", "/reports"),
    ),
    Role.SUPERVISOR: (
        ("导入年度计划，核对后下达", "/plans/import"),
        ("每天看工作台：红灯、未填报、未签收，当场催办", "/"),
        ("登记履职、案件等台账", "/ledgers"),
        ("出通报、做考核", "/scores"),
        ("编制年度报告，送审、报送、公开", "/reports"),
    ),
    Role.AUDITOR: (("查看操作记录，校验未被改动", "/audit"),),
    Role.ADMINISTRATOR: (
        ("设好系统名称、网址、邮件服务器", "/settings/office"),
        ("导入人员，开通账户", "/people"),
        ("看系统运行是否正常", "/system"),
    ),
    Role.SECURITY: (
        ("确认任职和代理", "/people/proposals"),
        ("管理人员和账户", "/people"),
    ),
}
"""What somebody in a role does first, and where."""


@router.get("/help")
def show_help(visit: Signed) -> HTMLResponse:
    """The reader's own roles first, the others after them."""
    with visit.reading() as session:
        own = {seat.role for seat in seats(session, visit.by)}
        return visit.page(
            session, "office/help.html", menu="/more", keys=KEYS,
            own=[(role, FIRST_STEPS[role]) for role in Role if role in own],
            others=[(role, FIRST_STEPS[role]) for role in Role if role not in own],
        )  # fmt: skip
