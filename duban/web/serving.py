"""Serving an office: the pages, the clock, and Prefect's server as a child, until a signal ends all three."""

import atexit
import errno
import gc
import secrets
import signal
import socket
import sys
from contextlib import suppress

import uvicorn
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from duban.edge import say, warn
from duban.log_lines import log_to_standard_error
from duban.web.app import create_app
from flows.embedded_clock import ClockShare, EmbeddedClock
from flows.one_heap import use_one_heap
from flows.prefect.server import PrefectServer
from models.database import fold_log, reading
from models.errors import BadInputError, DubanError
from models.private_files import open_folders
from models.settings import Settings, is_loopback
from tasks.access.manage_accounts import any_account
from tasks.engine.check_shared import check_shared
from tasks.trail.known_head import note_head

GRACE_SECONDS = 3


def serve(settings: Settings, database: Engine, *, host: str, port: int, with_prefect: bool, with_clock: bool) -> None:
    """Serve until SIGTERM or Ctrl-C, which end the program with exit code 0 and leave no process behind.

    Pages and reminders work at once, whatever Prefect does; without the clock another process keeps the time.
    Raises DubanError where the port is taken, or the office's other processes have another key or store.
    """
    use_one_heap()
    check_shared(database, settings)
    listener = _listen(host, port)
    port = listener.getsockname()[1]
    log_to_standard_error()
    prefect = PrefectServer(settings) if with_prefect and with_clock else None
    share = ClockShare.ALL if with_clock else ClockShare.NONE
    with reading(database) as session:
        setup_token = None if any_account(session) else secrets.token_urlsafe(24)
    clock = EmbeddedClock(settings, database, prefect=prefect, share=share)
    app = create_app(settings, database, clock=clock, prefect=prefect, host=host, setup_token=setup_token)
    # What was made so far stays: garbage is looked for among the rest only, and so found before it is much.
    gc.collect()
    gc.freeze()
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",  # no page opens a socket of its own; "auto" loads a library for them
            timeout_graceful_shutdown=GRACE_SECONDS,
            proxy_headers=False,  # whom to believe is a setting of the office's, not uvicorn's guess
        )
    )
    for wanted in (signal.SIGTERM, signal.SIGINT):
        # Once everything is down uvicorn raises the signal again, for whoever was there before.
        signal.signal(wanted, lambda *_: sys.exit(0))
    if not is_loopback(host) and not settings.office_url.startswith("https://"):
        warn(f"注意：--host {host} 使网页可从别的机器访问，而密码未经加密传送：请经 TLS 反向代理，并设 office_url。")
    for folder in open_folders(settings):
        warn(f"注意：{folder} 对本机的其他账户开放，其中有全单位的数据和密钥：请运行 chmod -R go= {folder}")
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    say(f"督办已启动：{address}/ （按 Ctrl+C 结束）")
    if setup_token is not None:
        base = settings.office_url.rstrip("/") if settings.office_url.startswith("https://") else address
        base = base.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
        say(f"还没有账户。请在浏览器打开这个一次性地址，建立管理员账户：{base}/setup?token={setup_token}")
    # When all is down, runs of the clock that were under way too: whichever way it ends, a signal's among them.
    atexit.register(_leave, settings, database)
    server.run(sockets=[listener])


def _leave(settings: Settings, database: Engine) -> None:
    """Leave the data so that a copy of it is whole, and what is missing from an older one is noticed."""
    with suppress(SQLAlchemyError), reading(database) as session:
        note_head(session, settings.home)
    fold_log(database)


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket, so that the address is ours before anything else starts."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except socket.gaierror as error:
        raise BadInputError(f"地址“{host}”无法识别：--host 应为本机的地址，如 127.0.0.1。") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise DubanError(f"端口 {port} 已被占用：请关闭占用它的程序，或用 --port 换一个端口。") from error
        if error.errno == errno.EACCES:
            raise DubanError(f"没有使用端口 {port} 的权限：请用 --port 换一个 1024 以上的端口。") from error
        raise DubanError(f"无法在 {host}:{port} 上提供网页：{error.strerror}。") from error
