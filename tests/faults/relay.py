"""A mail server in a process of its own that writes down what it took, and that can be made to behave badly."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_RELAY = """
import asyncio, hashlib, json, random, sys
from email import message_from_bytes
from aiosmtpd.controller import Controller

chance, bad = random.Random(1), float(sys.argv[3])

class Book:
    def __init__(self, path): self.file = open(path, "a")

    async def handle_RCPT(self, server, session, envelope, address, options):
        if chance.random() < bad:
            return "421 4.3.2 closing"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mood = chance.random()
        if mood < bad:
            await asyncio.sleep(3600)
        mail = message_from_bytes(envelope.content)
        body = hashlib.sha256(envelope.content.partition(b"\\r\\n\\r\\n")[2]).hexdigest()
        self.file.write(json.dumps([envelope.rcpt_tos[0], mail["Message-ID"], body]) + "\\n")
        self.file.flush()
        if mood < 2 * bad:
            server.transport.abort()
        return "250 OK"

server = Controller(Book(sys.argv[2]), hostname="127.0.0.1", port=int(sys.argv[1]))
server.start()
print("up", flush=True)
asyncio.new_event_loop().run_forever()
"""


@contextmanager
def relay(book: Path, *, bad: float = 0) -> Iterator[int]:
    """The port of the server. As often as `bad` says (0 to 1) each: it answers 421 to a recipient and closes, never
    answers a message, takes one and closes without an answer.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [sys.executable, "-c", _RELAY, str(port), str(book), str(bad)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout is not None
            server.stdout.readline()
            yield port
        finally:
            server.kill()
