"""The rhythm of mails that come back as a Prefect flow."""

from typing import Any

from flows import rhythms
from flows.prefect.rhythm import by_minute, rhythm
from models.settings import load_settings


@rhythm("退信收取", named=by_minute)
def returned_mail() -> dict[str, Any]:
    """设了 imap_host 的，读取退信和自动回复，在所发的通知上注明；退信的改走下一渠道或停发。只读，不改动邮箱。"""
    return rhythms.returned_mail(load_settings())
