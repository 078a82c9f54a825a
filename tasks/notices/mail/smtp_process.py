"""The conversation with the mail server in a process of its own, for very many mails: the next ones are made up and the
answers written down while it talks.

A second thread would not do: to talk and to make up are both the interpreter's work.
"""

import subprocess
import sys
from collections import deque
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import Empty, Queue
from threading import Thread
from typing import Any

from models.errors import DeliveryError
from tasks.notices.handed import BrokenOffError, ChannelDownError, Handed
from tasks.notices.mail.smtp_line import MailServer, SmtpLine

AHEAD = 250
"""So many mails are with the process at most: enough to go on with while the next are claimed and gathered."""
BYTES_AHEAD = 8 << 20
"""And so much of them: each may carry megabytes."""


class SmtpProcess:
    """The process as seen by whoever feeds it. What it is told goes over a pipe, never on its command line."""

    def __init__(self, server: MailServer) -> None:
        self._pipe, theirs = Pipe()
        with theirs:
            command = [sys.executable, "-P", "-m", __name__, str(theirs.fileno())]
            # A session of its own: Ctrl-C is for whoever feeds it, who then lets it end with the mail it has in hand.
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                command, pass_fds=[theirs.fileno()], start_new_session=True
            )
        self._sizes: deque[int] = deque()
        self._tell(server)

    @property
    def full(self) -> bool:
        """Whether it has as much as it may have ahead."""
        return len(self._sizes) >= AHEAD or sum(self._sizes) >= BYTES_AHEAD

    def hand(self, to: str, mail: bytes) -> None:
        """Give it the next mail."""
        self._sizes.append(len(mail))
        self._tell((to, mail))

    def answer(self) -> Handed:
        """How the oldest mail not yet answered for ended; waits for it. Raises as `SmtpLine.send` does, and
        ChannelDownError where the process is gone.
        """
        self._sizes.popleft()
        try:
            ended = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise ChannelDownError("与邮件服务器通话的进程意外结束，通知保留，稍后重试。") from error
        if isinstance(ended, Handed):
            return ended
        raise ended

    def close(self) -> None:
        """Let it take leave of the server, and wait for its end."""
        self._pipe.close()
        self._process.wait()

    def _tell(self, what: object) -> None:
        # That it is gone is said by its answer, which tells which mail that was.
        with suppress(OSError):
            self._pipe.send(what)


def talk(pipe: "Connection[Any, Any]") -> None:
    """Hand over what is told, one mail after the other, until none can pass or nobody listens any more."""
    line = SmtpLine(pipe.recv())
    told: Queue[tuple[str, bytes] | None] = Queue()
    Thread(target=_listen, args=(pipe, told), daemon=True).start()
    try:
        while (mail := told.get()) is not None:
            ended = _handed(line, *mail)
            pipe.send(ended)
            if isinstance(ended, ChannelDownError):
                break
    except OSError:
        pass  # whoever fed it is gone
    finally:
        line.close()


def _listen(pipe: "Connection[Any, Any]", told: "Queue[tuple[str, bytes] | None]") -> None:
    """Take what is told as it comes, whatever the server takes its time for."""
    with suppress(EOFError, OSError):
        while True:
            told.put(pipe.recv())
    # Nobody will write down what became of these: they are sent again by whoever claims them next.
    with suppress(Empty):
        while True:
            told.get_nowait()
    told.put(None)


def _handed(line: SmtpLine, to: str, mail: bytes) -> Handed | Exception:
    try:
        return line.send(to, mail)
    except (DeliveryError, BrokenOffError, ChannelDownError) as error:
        return error
    except Exception as error:
        return RuntimeError(f"{type(error).__name__}: {error}")  # an error of any other kind may not pass the pipe


if __name__ == "__main__":
    talk(Connection(int(sys.argv[1])))
