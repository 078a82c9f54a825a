"""A mailbox for tests: an IMAP server on loopback that knows what is asked of it and refuses the rest."""

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

USER, PASSWORD = "duban@office.test", 'p"a ss'


@dataclass
class MailboxServer:
    """Its mails by number, and every command it got, without the password."""

    port: int = 0
    mails: dict[int, bytes] = field(default_factory=dict)
    validity: int = 11
    commands: list[str] = field(default_factory=list)
    capabilities: str = "IMAP4rev1 ID"
    refuses: dict[str, str] = field(default_factory=dict)
    """What it answers to a command of that name instead."""
    cuts: str = ""
    """At a command of this name it hangs up."""

    def put(self, raw: bytes) -> int:
        number = max(self.mails, default=0) + 1
        self.mails[number] = raw
        return number


class _Talk:
    """One connection."""

    def __init__(self, server: MailboxServer, connection: socket.socket) -> None:
        self.server, self.connection = server, connection
        self.lines = connection.makefile("rb")

    def say(self, line: str | bytes) -> None:
        self.connection.sendall((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def run(self) -> None:
        self.say("* OK ready")
        for raw in self.lines:
            tag, _, rest = raw.decode(errors="replace").strip().partition(" ")
            name = " ".join(rest.split()[:2]) if rest.startswith("UID") else rest.partition(" ")[0]
            self.server.commands.append("LOGIN" if name == "LOGIN" else rest)
            if name == self.server.cuts:
                return
            if name in self.server.refuses:
                self.say(f"{tag} {self.server.refuses[name]}")
                continue
            answer = getattr(self, name.lower().replace(" ", "_"), None)
            if answer is None:
                self.say(f"{tag} BAD unknown command")
                continue
            self.say(f"{tag} {answer(rest) or 'OK done'}")
            if name == "LOGOUT":
                return

    def capability(self, _: str) -> None:
        self.say(f"* CAPABILITY {self.server.capabilities}")

    def login(self, rest: str) -> str:
        given = [re.sub(r"\\(.)", r"\1", one) for one in re.findall(r'"((?:[^"\\]|\\.)*)"|\S+', rest.partition(" ")[2])]
        return "OK in" if given[-1] == PASSWORD else "NO [AUTHENTICATIONFAILED] wrong"

    def id(self, _: str) -> None:
        self.say('* ID ("name" "test")')

    def examine(self, _: str) -> str:
        self.say(f"* {len(self.server.mails)} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self.server.validity}] valid")
        return "OK [READ-ONLY] opened"

    def uid_search(self, rest: str) -> None:
        numbers = sorted(self.server.mails)
        if found := re.search(r"UID (\d+):\*", rest):
            first = min(int(found[1]), max(numbers, default=0))
            numbers = [number for number in numbers if number >= first]
        self.say("* SEARCH " + " ".join(map(str, numbers)))

    def uid_fetch(self, rest: str) -> None:
        number, most = map(int, re.findall(r"FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", rest)[0])
        if number in self.server.mails:
            part = self.server.mails[number][:most]
            self.say(f"* 1 FETCH (UID {number} BODY[]<0> {{{len(part)}}}".encode() + b"\r\n" + part + b")")

    def logout(self, _: str) -> None:
        self.say("* BYE")


@contextmanager
def mailbox_server(secure: ssl.SSLContext | None = None) -> Iterator[MailboxServer]:
    """The server, listening; by TLS with a context."""
    server, listener = MailboxServer(), socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with suppress(OSError), connection:
                    connection.settimeout(10)
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    with secure.wrap_socket(connection, server_side=True) if secure else connection as talking:
                        _Talk(server, talking).run()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
