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


@pytest.mark.parametrize(
    ("line", "store"),
    [
        ("", "{home}/evidence"),
        ('evidence_url = "材料"', "{home}/材料"),
        ('evidence_url = "{home}2/材料"', "{home}2/材料"),
        ('evidence_url = "memory://材料"', "memory://材料"),
    ],
)
def test_evidence_lies_in_the_data_folder_unless_another_place_is_named(tmp_path: Path, line: str, store: str) -> None:
    (tmp_path / "duban.toml").write_text(line.format(home=tmp_path), encoding="utf-8")

    assert load_settings(tmp_path).evidence_store == store.format(home=tmp_path)


@pytest.mark.parametrize(("megabytes", "size"), [(1, 1_048_576), (50, 52_428_800), (2048, 2_147_483_648)])
def test_the_largest_evidence_is_set_in_megabytes(tmp_path: Path, megabytes: int, size: int) -> None:
    (tmp_path / "duban.toml").write_text(f"evidence_megabytes = {megabytes}\n")

    assert load_settings(tmp_path).evidence_bytes == size


@pytest.mark.parametrize("megabytes", ["0", "2049", "1.5", '"viel"'])
def test_a_size_out_of_bounds_is_refused(tmp_path: Path, megabytes: str) -> None:
    (tmp_path / "duban.toml").write_text(f"evidence_megabytes = {megabytes}\n")

    with pytest.raises(BadInputError, match="evidence_megabytes"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ('webhook_private = "10.20.0.0/16, 192.168.8.15"', "10.20.0.0/16,192.168.8.15"),
        ('webhook_private = ["10.20.0.0/16", "fd00::/8"]', "10.20.0.0/16,fd00::/8"),
        ('webhook_private = ""', ""),
    ],
)
def test_private_networks_are_listed(tmp_path: Path, line: str, kept: str) -> None:
    (tmp_path / "duban.toml").write_text(line, encoding="utf-8")
    assert load_settings(tmp_path).webhook_private == kept


@pytest.mark.parametrize("wrong", ["true", '"内网"', '"10.0.0.0/33"'])
def test_what_is_no_network_is_refused_with_what_would_be_accepted(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "duban.toml").write_text(f"webhook_private = {wrong}", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"webhook_private.*不是 IP 地址或网段，应如"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("line", "mode", "named"),
    [
        ('smtp_password = "geheim"', 0o644, "smtp_password"),
        ('smtp_password = "geheim"', 0o640, "smtp_password"),
        ('database_url = "postgresql://duban:geheim@db/duban"', 0o604, "database_url"),
        ('smtp_password = "geheim"', 0o600, None),
        ('smtp_password = ""', 0o644, None),
        ('smtp_host = "mail.test"', 0o644, None),
        ('database_url = "postgresql://db/duban"', 0o644, None),
    ],
)
def test_a_file_that_holds_a_secret_is_for_its_owner_alone(
    tmp_path: Path, line: str, mode: int, named: str | None
) -> None:
    file = tmp_path / "duban.toml"
    file.write_text(line)
    file.chmod(mode)
    if named is None:
        load_settings(tmp_path)
        return
    with pytest.raises(BadInputError) as refused:
        load_settings(tmp_path)
    assert f"chmod 600 {file}" in refused.value.message
    assert named in refused.value.message
    assert "geheim" not in refused.value.message


@pytest.mark.parametrize("wrong", ["", "duban", "@", "督办@office.test", "a@b\\nBcc: c@d"])
def test_a_sender_that_is_no_mailbox_is_refused(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "duban.toml").write_text(f'mail_from = "{wrong}"')
    with pytest.raises(BadInputError, match=r"mail_from.*应为邮箱地址"):
        load_settings(tmp_path)
