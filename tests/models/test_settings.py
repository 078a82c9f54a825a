from pathlib import Path

import pytest

from models.errors import BadInputError
from models.settings import load_settings


def test_without_a_word_the_data_lies_in_the_folder_and_mail_in_its_maildir(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    assert settings.database == f"sqlite:///{tmp_path / 'duban.db'}"
    assert settings.maildir == tmp_path / "mail"


def test_a_variable_stands_above_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "duban.toml").write_text('smtp_host = "file.test"\nsmtp_port = 2525\n')
    monkeypatch.setenv("DUBAN_SMTP_HOST", "variable.test")
    settings = load_settings(tmp_path)
    assert (settings.smtp_host, settings.smtp_port) == ("variable.test", 2525)


def test_the_folder_comes_from_the_variable_when_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBAN_HOME", str(tmp_path / "elsewhere"))
    assert load_settings().home == tmp_path / "elsewhere"


@pytest.mark.parametrize(
    ("text", "words"),
    [("smtp_port = 70000", "smtp_port"), ("smtp_hots = 1", "smtp_hots"), ("smtp_host = ", "不是有效的 TOML"),
     ('smtp_security = "maybe"', "smtp_security")],
)  # fmt: skip
def test_a_wrong_setting_is_named_with_its_file(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "duban.toml").write_text(text)
    with pytest.raises(BadInputError, match=words):
        load_settings(tmp_path)


def test_a_password_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBAN_SMTP_PASSWORD", "geheim")
    assert "geheim" not in repr(load_settings(tmp_path))
