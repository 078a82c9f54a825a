"""What a password must be: long, and not what anybody would try first. No rules of composition (NIST SP 800-63B)."""

import unicodedata
from collections.abc import Iterable

SHORTEST, LONGEST = 12, 200
EASIEST = 10**9
"""So many guesses, by the order in which people who guess go about it, a password has to stand at least."""
LOOKED_AT = 24
"""So many characters at either end are looked at: of more, some would take zxcvbn a quarter of a minute."""

HOUSE_WORDS = (
    "duban", "bangongshi", "xitongguanliyuan", "guanliyuan", "woaini", "5201314", "1314520", "zhongguo", "mima",
    "督办", "办公室", "系统管理员", "管理员", "密码", "工作要点", "年度报告", "我爱你", "中国",
)  # fmt: skip
"""What is tried first here, besides the lists of the library, which know thirty thousand common passwords."""


def normal(password: str) -> str:
    """The one form of a password, however a keyboard composed it: two spellings that look alike are alike."""
    return unicodedata.normalize("NFKC", password)


def fault_of(password: str, *, names: Iterable[str] = ()) -> str | None:
    """Why the password will not do, one Chinese sentence that says what would; None where it does.

    `names` are words an acquaintance would try: the person's name, login, mobile number and mail address, the organ's
    name. How hard it is to guess is reckoned by zxcvbn: common passwords, words, names, rows of the keyboard,
    sequences, repetitions and days count for little, whatever is put around them.
    """
    word = normal(password)
    if len(word) < SHORTEST:
        return f"密码太短：应不少于 {SHORTEST} 个字符，可以是好记的一句话。"
    if len(word) > LONGEST:
        return f"密码太长：应不超过 {LONGEST} 个字符。"
    bare = "".join(word.casefold().split())
    known = {part for name in names for part in _parts(name)}
    rest = bare
    for name in sorted(known, key=len, reverse=True):
        rest = rest.replace(name, "")
    guesses = max(_guesses(end, [*known, *HOUSE_WORDS]) for end in {bare[:LOOKED_AT], bare[-LOOKED_AT:]})
    if rest != bare and (guesses < EASIEST or len(rest) < SHORTEST // 2):
        return "密码不能只是自己的姓名、登录名、手机号或单位名称加几个字符：请换一句别人猜不到的话。"
    if guesses < EASIEST:
        return "这个密码太常见，很快就能被人试出来：请换一句别人猜不到的话，不必有特殊符号。"
    return None


def _guesses(word: str, known: list[str]) -> int:
    from zxcvbn import zxcvbn  # its lists take longer to load than most commands take

    return int(zxcvbn(word, user_inputs=known)["guesses"])


def _parts(name: str) -> Iterable[str]:
    """What of a name is likely to be used: all of it, of an address what stands before the @, the end of a number."""
    folded = "".join(normal(name).casefold().split())
    found = {folded, folded.partition("@")[0]}
    if folded.isdecimal():
        found |= {folded[-8:], folded[-4:]}
    return {part for part in found if len(part) > 1}
