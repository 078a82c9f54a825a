"""Days as official paper writes them: arabic numerals without leading zeros (GB/T 9704-2012, 7.3.5.4)."""

from datetime import date


def long_day(day: date | None) -> str:
    """2026年6月30日; nothing for no day."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def short_day(day: date | None, *, beside: date) -> str:
    """For narrow columns: 6月30日 in the year of `beside`, else 2025.6.30; nothing for no day."""
    if day is None:
        return ""
    return f"{day.month}月{day.day}日" if day.year == beside.year else f"{day.year}.{day.month}.{day.day}"
