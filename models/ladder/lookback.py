"""Looking back (追溯): what becomes of days that were past when the ladder began to watch them."""

from models.coded import Coded


class Lookback(Coded):
    """The choices for one-off days (not turns) that were over before their item was issued."""

    NONE = "none", "不追溯"
    NOTICE = "notice", "只提醒"
    WHOLE = "whole", "全部"

    @property
    def explained(self) -> str:
        """What it means for whoever is responsible, in words."""
        return {
            Lookback.NONE: "改定时限以前不提醒、不升级",
            Lookback.NOTICE: "告知承办人一次，改定时限以前不升级",
            Lookback.WHOLE: "按策略提醒、升级",
        }[self]
