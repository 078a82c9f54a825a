"""Finding the channels: every module of `tasks/notices/channels` that has a `CHANNEL`."""

import pkgutil
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib import import_module

from models.errors import BadInputError
from models.settings import Settings
from tasks.notices import channels
from tasks.notices.channel import MessageChannel


@cache
def every_channel() -> Mapping[str, MessageChannel]:
    """The channels there are, by name."""
    modules = (import_module(f"{channels.__name__}.{found.name}") for found in pkgutil.iter_modules(channels.__path__))
    known = sorted((module.CHANNEL for module in modules if hasattr(module, "CHANNEL")), key=lambda one: one.name)
    return {channel.name: channel for channel in known}


def channels_set(settings: Settings) -> list[MessageChannel]:
    """Those the office has set up, in the order the office wants.

    Raises BadInputError for an order that names a channel there is none of.
    """
    every = every_channel()
    wanted = [name.strip() for name in settings.channels.split(",") if name.strip()]
    for name in wanted:
        if name not in every:
            raise BadInputError(f"设置项 channels 中的“{name}”不是已知的渠道；可用：{'、'.join(every)}。")
    ordered = [every[name] for name in wanted] + [one for one in every.values() if one.name not in wanted]
    return [channel for channel in ordered if channel.is_set(settings)]


def channel_behind(order: Sequence[str], channel: str, usable: Collection[str]) -> str | None:
    """The next of the channels in their order, behind this one, that is set up; None after the last."""
    behind = order[order.index(channel) + 1 :] if channel in order else ()
    return next((name for name in behind if name in usable), None)


def channel_label(name: str) -> str:
    """What people call a channel; one that there is no more by its name."""
    known = every_channel().get(name)
    return known.label if known is not None else name
