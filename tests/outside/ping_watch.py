"""A watch outside the house for tests: on loopback, by the ping interface of Healthchecks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CHECK = "/ping/5f1c-secret"


@dataclass
class PingWatch:
    """What it heard, as path and words, and what it answers: Healthchecks says 200 to an unknown check too."""

    port: int = 0
    heard: list[tuple[str, str]] = field(default_factory=list)
    status: int = 200
    says: bytes = b"OK"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{CHECK}"

    @property
    def signals(self) -> list[str]:
        """What was put behind the check's address, in order."""
        return [path.removeprefix(CHECK) for path, _ in self.heard]


@contextmanager
def ping_watch() -> Iterator[PingWatch]:
    watch = PingWatch()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            words = self.rfile.read(int(self.headers["content-length"])).decode()
            watch.heard.append((self.path, words))
            self.send_response(watch.status)
            self.send_header("Location", "/ping/another")
            self.send_header("Content-Length", str(len(watch.says)))
            self.end_headers()
            self.wfile.write(watch.says)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    watch.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
