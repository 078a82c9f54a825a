"""What a password must be: long, and not what anybody would try first. No rules of composition (NIST SP 800-63B)."""

import unicodedata
from collections.abc import Iterable
from itertools import pairwise

SHORTEST, LONGEST = 10, 200

OBVIOUS = frozenset(
    {
        "!qaz2wsx3edc", "0123456789", "0987654321", "1122334455", "1234567890", "12345678910", "1234567899",
        "123456789a", "123456789abc", "1357924680", "1472583690", "1q2w3e4r5t", "1q2w3e4r5t6y", "1qaz2wsx3edc",
        "1qaz@wsx3edc", "1qazxsw23edc", "5201314520", "9876543210", "a123456789", "a1234567890", "aa12345678",
        "aa123456789", "abc1234567", "abc12345678", "abc123456789", "abcd123456", "abcd1234567", "abcd12345678",
        "abcde12345", "abcdef123456", "abcdefghij", "admin12345", "admin123456", "administrator", "asdfghjkl123",
        "asdfghjkl;", "bangongshi", "duban12345", "duban123456", "iloveyou123", "letmein123", "p@ssw0rd123",
        "p@ssword123", "passw0rd123", "password12", "password123", "password1234", "q123456789", "qazwsxedcrfv",
        "qq123456789", "qwe123456789", "qwer123456", "qwerty1234", "qwerty12345", "qwerty123456", "qwertyuiop",
        "qwertyuiop123", "root123456", "test123456", "welcome123", "woaini1314", "woaini1314520", "woaini5201314",
        "xitongguanliyuan", "zxcvbnm123", "zxcvbnm1234",
    }
)  # fmt: skip
"""What is tried first, folded; shorter ones are too short anyway."""

FEWEST_DIFFERENT = 4


def normal(password: str) -> str:
    """The one form of a password, however a keyboard composed it: two spellings that look alike are alike."""
    return unicodedata.normalize("NFKC", password)


def fault_of(password: str, *, names: Iterable[str] = ()) -> str | None:
    """Why the password will not do, one Chinese sentence that says what would; None where it does.

    `names` are words an acquaintance would try: the person's name, login and mobile number, the organ's name.
    """
    word = normal(password)
    if len(word) < SHORTEST:
        return f"密码太短:应不少于 {SHORTEST} 个字符,可以是好记的一句话。"
    if len(word) > LONGEST:
        return f"密码太长:应不超过 {LONGEST} 个字符。"
    folded = word.casefold()
    bare = "".join(folded.split())
    known = {"".join(normal(name).casefold().split()) for name in names if name}
    if any(bare == name * (len(bare) // len(name)) for name in known if name):
        return "密码不能就是自己的姓名、登录名、手机号或单位名称:请换一句别人猜不到的话。"
    if bare in OBVIOUS or _runs(bare):
        return "这个密码太常见,最先被人试出来:请换一句别人猜不到的话,不必有特殊符号。"
    if len(set(bare)) < FEWEST_DIFFERENT:
        return f"密码里不同的字符太少:应至少有 {FEWEST_DIFFERENT} 种,请换一句别人猜不到的话。"
    return None


def _runs(word: str) -> bool:
    """Whether each character is the next one after the one before, up or down: cdefghijkl runs."""
    steps = {ord(after) - ord(before) for before, after in pairwise(word)}
    return steps in ({1}, {-1})
