"""The address of a receiver, as it is kept."""

from urllib.parse import urlsplit

from models.errors import BadInputError

LONGEST = 500


def checked(url: str) -> str:
    """The address as it is kept. Raises BadInputError that says what is accepted."""
    accepted = "应为 https:// 或 http:// 开头的完整地址，如 https://oa.example.gov.cn/duban。"
    url = url.strip()
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise BadInputError(f"地址“{url}”无法识别：{accepted}") from error
    usable = parts.scheme in ("http", "https") and parts.hostname and not any(c.isspace() for c in url)
    if not usable or len(url) > LONGEST:
        raise BadInputError(f"地址“{url[:100]}”不可用：{accepted}")
    if parts.username or parts.password:
        raise BadInputError("地址中不能写用户名和密码：对方请用签名验证来源。")
    if parts.fragment:
        raise BadInputError("地址中不能有 # 以后的部分。")
    return url
