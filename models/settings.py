"""Settings: the data folder; what was chosen in the browser, above that `duban.toml`, then `DUBAN_*` variables."""

import datetime as dt
import ipaddress
import json
import logging
import os
import tomllib
from email.utils import parseaddr
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from pydantic import Field, PrivateAttr, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from models.channel_settings import ChannelSettings, is_safe, is_web
from models.database import sqlite_url
from models.errors import BadInputError
from models.keep_days import KeepDays

log = logging.getLogger(__name__)

SETTINGS_FILE = "duban.toml"
OFFICE_FILE = "office.json"
"""What administrators chose in the browser (`tasks.engine.choose_settings`); nobody edits it by hand."""

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(listed: str) -> list[Network]:
    """The networks of a setting that lists some with commas between them."""
    return [ipaddress.ip_network(part.strip(), strict=False) for part in listed.split(",") if part.strip()]


CHOOSABLE = (
    "site_name", "logo", "office_url", "smtp_host", "smtp_port", "smtp_security", "smtp_user", "smtp_password",
    "mail_from", "quiet_from", "quiet_until",
)  # fmt: skip
"""What an administrator may set in the browser, as far as neither `duban.toml` nor the environment does."""


class Settings(ChannelSettings):
    """What an office can set. Secrets are never printed, logged or stored in the database."""

    model_config = SettingsConfigDict(env_prefix="DUBAN_", extra="forbid")

    home: Path
    database_url: str = ""
    office_url: str = "http://127.0.0.1:8000"
    """What links in mails begin with."""
    site_name: str = Field(default="", max_length=30)
    """What the office calls this system: before the organ's name above every page, and at sign-in."""
    logo: str = ""
    """A PNG or JPEG file beside the name; a relative one counts from the data folder."""

    smtp_host: str = ""
    """Empty: mail goes to the Maildir in the data folder instead."""
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_security: str = Field(default="starttls", pattern="^(none|starttls-if-offered|starttls|tls)$")
    """Without encryption no mail leaves, unless the office says `none` or `starttls-if-offered`."""
    smtp_ca_file: str = ""
    """The certificate (PEM) by which the server's own is verified; empty: those that the machine trusts."""
    mail_from: str = "duban@localhost"
    """Whom mail is from: an address, or a name with the address in angle brackets."""

    imap_host: str = ""
    """The mailbox to which bounces and automatic answers go, that of `mail_from`; empty: none is read."""
    imap_port: int = Field(default=993, ge=1, le=65535)
    imap_user: str = ""
    imap_password: SecretStr = SecretStr("")
    imap_security: str = Field(default="tls", pattern="^(none|starttls|tls)$")
    imap_folder: str = Field(default="INBOX", max_length=100, pattern=r"^[ !#-\[\]-~]+$")
    """Its name as the server writes it: a Chinese one in modified UTF-7 (RFC 3501)."""

    trusted_proxy: str = ""
    """The reverse proxies whose X-Forwarded-For is believed: addresses or networks with commas between them."""

    oidc_issuer: str = ""
    """Single sign-on: the provider's address, as it writes it itself. Empty: passwords only."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    """Empty for a public client; PKCE protects the code either way."""
    oidc_label: str = "单点登录"
    """What the button at sign-in says."""
    oidc_claim: str = "preferred_username"
    """By what the provider says of a person that one is called in messages; it never opens an account."""
    oidc_second_factor: bool = False
    """Whether the provider itself asks for a second factor: then none is asked for here after single sign-on."""

    second_factor: str = Field(default="roles", pattern="^(roles|optional)$")
    """`roles`: supervisors, administrators and first responsible persons must have one; `optional`: whoever wants."""

    access_days: int = Field(default=365, ge=1, le=3650)
    """For how many days at most a token of the interface and a calendar address may be used."""

    quiet_from: dt.time = dt.time(20, 0)
    quiet_until: dt.time = dt.time(8, 0)
    """No mail leaves by itself between these, office time; what waits leaves afterwards."""
    delivery_attempts: int = Field(default=6, ge=1, le=50)
    """A message that failed this often on a channel goes on to the next one; after the last it is parked."""
    channels: str = "mail"
    """In what order people are reached, by names of channels with commas between them; the others that are set up
    follow."""
    digest_at: dt.time = dt.time(8, 0)
    """From when on the day's digest leaves for whoever chose no hour of the own, office time."""
    urgent_per_hour: int = Field(default=4, ge=1, le=100)
    """How many urgent messages a person gets in an hour; what is more waits and is merged into one."""
    unread_hours: int = Field(default=24, ge=0, le=720)
    """After how many hours an urgent message that nobody opened goes by the next channel too; 0: never."""
    insist_on: str = "escalation,instruction,urge,returned,approval"
    """Kinds of notices that nobody can have kept in the system alone, with commas between them."""
    ask_above: int = Field(default=100, ge=1, le=1_000_000)
    """An act that would bring about more messages than this in a day asks first."""
    days_ahead: int = Field(default=30, ge=1, le=36_500)
    """A sweep of a day further than this after the last one waits for a person's word: the clock may have jumped."""

    alarm_hours: int = Field(default=2, ge=1, le=72)
    """The sweep or the delivery that has not run this long after its planned time is told to whoever administers."""
    alarm_ping_url: SecretStr = SecretStr("")
    """A watch outside: it hears from the clock while all is well, and raises the alarm otherwise; empty: none."""

    webhook_private: str = ""
    """The private networks that webhooks may reach, with commas between them; without any only public ones."""
    metrics_token: SecretStr = SecretStr("")
    """By this bearer token a monitor reads /metrics; empty: nobody does."""

    evidence_url: str = ""
    """Where evidence files lie, a folder or any URL of fsspec; empty: in the data folder."""
    evidence_megabytes: int = Field(default=50, ge=1, le=2048)
    """The largest evidence file, in MB of 1,048,576 bytes."""
    evidence_item_megabytes: int = Field(default=1024, ge=1, le=1_048_576)
    evidence_organ_megabytes: int = Field(default=51_200, ge=1, le=104_857_600)
    """What all evidence of an item, and of an organ, may hold together, replaced revisions among it; in MB."""

    backup_folder: str = "backups"
    """Where the nightly backup is put; a relative one counts from the data folder. Empty: none is made by itself."""
    backup_passphrase: SecretStr = SecretStr("")
    """By this the keys and passwords in a backup are encrypted; empty: the nightly backup holds none."""
    backup_daily: int = Field(default=7, ge=1, le=3660)
    backup_weekly: int = Field(default=4, ge=0, le=520)
    backup_monthly: int = Field(default=12, ge=0, le=1200)
    """Of how many days, weeks and months, counted back, the last backup of each is kept; that of each year always."""
    backup_hours: int = Field(default=50, ge=25, le=8760)
    """A last backup older than this is a fault, where backups are made by themselves."""
    keep_days: KeepDays = KeepDays()
    """For how many days what the engine writes for itself is kept: a table [keep_days] of `duban.toml`."""

    pdf_font_folder: str = ""
    """A folder with fonts for PDF files, beside those of the system; a relative one counts from the data folder."""
    pdf_title_font: str = ""
    pdf_body_font: str = ""
    pdf_heading_font: str = ""
    pdf_subheading_font: str = ""
    """Names of fonts in a PDF, for 标题, 正文, 一级标题, 二级标题; empty: the standard's own, else the nearest."""

    soffice: str = ""
    """LibreOffice's program, by which old documents are read, where it is not on the PATH."""

    _chosen: tuple[int, int] | None = PrivateAttr(default=None)

    def model_post_init(self, _context: Any) -> None:
        """Note which choice these settings hold."""
        self._chosen = _mark(self.home)

    @field_validator("mail_from")
    @classmethod
    def _is_mailbox(cls, given: str) -> str:
        address = parseaddr(given)[1]
        if not given.isprintable() or not address.isascii() or "@" not in address.strip("@"):
            raise ValueError("应为邮箱地址，如 duban@example.gov.cn 或 督办 <duban@example.gov.cn>")
        return given

    @field_validator("office_url")
    @classmethod
    def _is_whole_address(cls, given: str) -> str:
        if not is_web(given) or urlsplit(given).query or urlsplit(given).fragment:
            raise ValueError("应为 http:// 或 https:// 开头的完整地址，如 http://10.0.0.8:8000")
        return given.rstrip("/")

    @field_validator("site_name", "smtp_host", "smtp_user")
    @classmethod
    def _is_one_line(cls, given: str) -> str:
        if not given.isprintable():
            raise ValueError("应为一行文字，不含换行等控制字符")
        return given.strip()

    @field_validator("trusted_proxy", "webhook_private", mode="before")
    @classmethod
    def _are_networks(cls, listed: object) -> str:
        parts = listed.split(",") if isinstance(listed, str) else listed if isinstance(listed, list) else [listed]
        named = [str(part).strip() for part in parts if str(part).strip()]
        for part in named:
            try:
                ipaddress.ip_network(part, strict=False)
            except ValueError as error:
                raise ValueError(f"“{part}”不是 IP 地址或网段，应如 127.0.0.1,10.0.0.0/24") from error
        return ",".join(named)

    @field_validator("alarm_ping_url")
    @classmethod
    def _is_address(cls, given: SecretStr) -> SecretStr:
        """What stands in it may open the watch to others, so it is not told what was found there."""
        said = given.get_secret_value()
        try:
            found = urlsplit(said)
            whole = found.scheme in ("http", "https") and bool(found.hostname) and found.port != 0
        except ValueError:
            whole = False
        if said and (not whole or found.username or found.fragment or not said.isascii() or " " in said):
            raise ValueError("应为 https:// 开头的完整地址（本机和内网的可用 http://），不含用户名、# 和空格")
        return given

    @property
    def webhook_networks(self) -> list[Network]:
        """The private networks that webhooks may reach."""
        return networks(self.webhook_private)

    @model_validator(mode="after")
    def _may_sign_on(self) -> "Settings":
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("设了 oidc_issuer，还须设 oidc_client_id")
        if self.oidc_issuer and not is_safe(self.oidc_issuer):
            raise ValueError("oidc_issuer 应以 https:// 开头（本机的可用 http://127.0.0.1）")
        return self

    @property
    def database(self) -> str:
        """Where the office's rows live: the embedded database unless another is named."""
        return self.database_url or sqlite_url(self.home / "duban.db")

    def address(self, path: str) -> str:
        """The full address of one of the pages, as a mail or another program needs it."""
        return f"{self.office_url.rstrip('/')}{path}"

    @property
    def is_reached(self) -> bool:
        """Whether links in mails lead anywhere but to the reader's own machine."""
        return not is_loopback(urlsplit(self.office_url).hostname or "localhost")

    @property
    def logo_file(self) -> Path | None:
        """Where the logo lies, if one is set."""
        return self.home / Path(self.logo).expanduser() if self.logo else None

    @property
    def factor_for_roles(self) -> bool:
        """Whether some roles must have a second factor."""
        return self.second_factor == "roles"

    @property
    def maildir(self) -> Path:
        return self.home / "mail"

    @property
    def evidence_store(self) -> str:
        """What `FileStore` is opened with: the URL as set, or a folder; a relative one counts from the data folder."""
        if "://" in self.evidence_url:
            return self.evidence_url
        return str(self.home / Path(self.evidence_url or "evidence").expanduser())

    @property
    def backup_place(self) -> Path | None:
        """The folder of the nightly backups; None where none are made."""
        return self.home / Path(self.backup_folder).expanduser() if self.backup_folder else None

    @property
    def is_shared(self) -> bool:
        """Whether processes with data folders of their own may serve the office: all they share is named."""
        return bool(self.evidence_url) and self.database.startswith("postgresql")

    @property
    def evidence_bytes(self) -> int:
        """The size of the largest evidence file, in bytes."""
        return self.evidence_megabytes * 1024 * 1024

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The folder as given, then `DUBAN_*`, then `duban.toml`, then what was chosen: nothing else is looked at."""
        home = Path(init_settings().get("home", "."))
        return (
            init_settings,
            env_settings,
            TomlConfigSettingsSource(settings_cls, home / SETTINGS_FILE),
            JsonConfigSettingsSource(settings_cls, home / OFFICE_FILE),
        )


def data_folder(home: Path | None = None) -> Path:
    """The data folder named, else that of `DUBAN_HOME`, else `./duban-data`."""
    return (home or Path(os.environ.get("DUBAN_HOME") or "duban-data")).expanduser().absolute()


def load_settings(home: Path | None = None) -> Settings:
    """The settings of the data folder `home`, else of `DUBAN_HOME`, else of `./duban-data`.

    Raises BadInputError that names the file or variable, the value and what would be accepted; so for a file that
    holds a secret and is open to other accounts of the machine.
    """
    folder = data_folder(home)
    try:
        for file in (folder / SETTINGS_FILE, folder / OFFICE_FILE):
            _refuse_open(file)
        return Settings(home=folder)
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"{folder / SETTINGS_FILE} 不是有效的 TOML：{error}") from error
    except json.JSONDecodeError as error:
        raise BadInputError(f"{folder / OFFICE_FILE} 不是有效的 JSON：{error}") from error
    except ValidationError as error:
        raise BadInputError("；".join(explain(folder, fault) for fault in error.errors())) from error


def renewed(settings: Settings) -> Settings:
    """The settings with what was chosen in the browser since; everything else stays as the process was started with.

    A choice that no longer fits is logged, once, and the one before holds.
    """
    mark = _mark(settings.home)
    if mark == settings._chosen:
        return settings
    try:
        new = load_settings(settings.home)
    except BadInputError as error:
        log.warning("网页上的设置没有读进来：%s", error.message, extra={"action": "settings_refused"})
        settings._chosen = mark
        return settings
    made = settings.model_copy(update={name: getattr(new, name) for name in CHOOSABLE})
    made._chosen = mark
    return made


def fixed_by(home: Path) -> dict[str, str]:
    """Those of CHOOSABLE that the deployment sets, each with where: there the browser has no say."""
    file = home / SETTINGS_FILE
    said = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    fixed = {name: SETTINGS_FILE for name in CHOOSABLE if name in said}
    variables = {name.upper() for name in os.environ}
    return fixed | {name: f"DUBAN_{name.upper()}" for name in CHOOSABLE if f"DUBAN_{name.upper()}" in variables}


def _mark(home: Path) -> tuple[int, int] | None:
    """By what one choice is told from the next: the file is replaced whole each time."""
    try:
        found = (home / OFFICE_FILE).stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_ino, found.st_mtime_ns


def is_loopback(host: str) -> bool:
    """Whether it is a name or address by which a machine reaches itself only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refuse_open(file: Path) -> None:
    if os.name != "posix" or not file.is_file() or not file.stat().st_mode & 0o077:
        return
    text = file.read_text(encoding="utf-8")
    said = json.loads(text) if file.name == OFFICE_FILE else tomllib.loads(text)
    held = [name for name, field in Settings.model_fields.items() if field.annotation is SecretStr and said.get(name)]
    if urlsplit(str(said.get("database_url", ""))).password:
        held.append("database_url")
    if held:
        raise BadInputError(
            f"{file} 中有密钥（{'、'.join(held)}），本机的其他账户也能读："
            f"请运行 chmod 600 {file}，或把密钥改设为环境变量 DUBAN_{held[0].upper()} 等。"
        )


def explain(folder: Path, fault: Any) -> str:
    """What is wrong with one setting, where it may stand, and what would do."""
    name = ".".join(str(part) for part in fault["loc"])
    said = fault["msg"].removeprefix("Value error, ")
    if not name:
        return f"{folder / SETTINGS_FILE} 的设置不可用：{said}"
    if fault["type"] == "extra_forbidden":
        return f"{folder / SETTINGS_FILE} 中的“{name}”不是已知的设置项；可用：{'、'.join(Settings.model_fields)}"
    return f"设置项“{name}”（环境变量 DUBAN_{name.upper()} 或 {folder / SETTINGS_FILE}）的值不可用：{said}"
