import time

import pytest

from models.settings import Settings
from tasks.notices.handed import ChannelDownError
from tests.tasks.notices.providers import GETTING, Answer, Providers, a_parcel, hand_over

APPLICATIONS = ("wecom", "dingtalk", "feishu")
STALE = {
    "wecom": {"errcode": 42001, "errmsg": "access_token expired"},
    "dingtalk": {"errcode": 88, "sub_code": "40014", "sub_msg": "不合法的access_token", "errmsg": "ding talk error"},
    "feishu": {"code": 99991663, "msg": "Invalid access token for authorization. Please make a request with token"},
}

pytestmark = pytest.mark.parametrize("channel", APPLICATIONS)


def test_one_token_serves_all_messages_and_runs(providers: Providers, office: Settings, channel: str) -> None:
    hand_over(office, channel, a_parcel(channel), a_parcel(channel, reference="<2>"))
    hand_over(office, channel)

    assert providers.fetched() == 1


def test_a_token_that_is_no_longer_valid_is_renewed_once(providers: Providers, office: Settings, channel: str) -> None:
    hand_over(office, channel)
    providers.revoke()
    hand_over(office, channel)

    assert providers.fetched() == 2
    assert len(providers.sent()) == 3


def test_where_the_new_token_is_refused_too_the_channel_is_down(
    providers: Providers, office: Settings, channel: str
) -> None:
    providers.says(STALE[channel], STALE[channel])
    with pytest.raises(ChannelDownError, match="新取的令牌也不被接受"):
        hand_over(office, channel)
    assert providers.fetched() == 2


@pytest.mark.parametrize(("lasts", "after", "fetched"), [(7200, 6890, 1), (7200, 6910, 2), (60, 29, 1), (60, 31, 2)])
def test_a_token_is_renewed_before_it_ends(
    providers: Providers,
    office: Settings,
    channel: str,
    monkeypatch: pytest.MonkeyPatch,
    lasts: int,
    after: int,
    fetched: int,
) -> None:
    providers.expires_in = lasts
    hand_over(office, channel)
    later = time.monotonic() + after
    monkeypatch.setattr(time, "monotonic", lambda: later)
    hand_over(office, channel)

    assert providers.fetched() == fetched


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"errcode": 0, "code": 0}),
        Answer({"errcode": 0, "code": 0, "access_token": "t", "expires_in": "bald", "tenant_access_token": "t"}),
        Answer({"errcode": 987654, "code": 987654}),
        Answer(cut=True),
        Answer({"errcode": 40035, "code": 230001}),
        Answer({"errcode": 40014, "code": 99991663}),
    ],
)
def test_without_a_token_nobody_can_be_reached_whatever_the_reason(
    providers: Providers, office: Settings, channel: str, answer: Answer
) -> None:
    providers.says(answer, to=GETTING)
    with pytest.raises(ChannelDownError):
        hand_over(office, channel)
    assert providers.sent() == []


def test_a_token_of_another_secret_is_not_used(providers: Providers, office: Settings, channel: str) -> None:
    hand_over(office, channel)
    name = {"wecom": "wecom_secret"}.get(channel, f"{channel}_app_secret")
    other = office.model_copy(update={name: type(office.wecom_secret)("another")})
    with pytest.raises(ChannelDownError, match="Secret"):
        hand_over(other, channel)
