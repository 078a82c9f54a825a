from pathlib import Path

import pytest

from models.errors import BadInputError
from models.settings import load_settings

NAMES = ("wecom_api", "wecom_robot_url", "dingtalk_api", "dingtalk_robot_url", "feishu_api", "feishu_robot_url")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "wrong",
    ["http://open.example.test/hook/geheim", "ftp://127.0.0.1/geheim", "https:///geheim", "https://[geheim", "geheim",
     "https://host:geheim/"],
)  # fmt: skip
def test_an_address_that_others_could_read_along_is_refused_and_not_repeated(
    tmp_path: Path, name: str, wrong: str
) -> None:
    file = tmp_path / "duban.toml"
    file.write_text(f'{name} = "{wrong}"\n')
    file.chmod(0o600)
    with pytest.raises(BadInputError, match=f"{name}.*应以 https:// 开头") as refused:
        load_settings(tmp_path)
    assert "geheim" not in refused.value.message


def test_an_address_is_kept_without_what_slipped_in_around_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBAN_FEISHU_API", "http://127.0.0.1:8899/ ")
    monkeypatch.setenv("DUBAN_FEISHU_ROBOT_URL", "https://open.example.test/hook/geheim\n")
    settings = load_settings(tmp_path)
    assert settings.feishu_api == "http://127.0.0.1:8899"
    assert settings.feishu_robot_url.get_secret_value() == "https://open.example.test/hook/geheim"
    assert "geheim" not in repr(settings)


def test_no_channel_of_a_provider_is_set_up_by_itself(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    assert not any(getattr(settings, name).get_secret_value() for name in NAMES if name.endswith("_url"))
    assert (settings.wecom_agent_id, settings.dingtalk_agent_id) == (None, None)
