#!/usr/bin/env bash
# `httpx.Client` writes the whole address of every request to its logger `httpx` at INFO: a key in the query (as robots
# of 企业微信 and 钉钉 have it) or in the path (飞书) and a password before the host stand in the log of whoever logs at
# INFO. A URL's repr hides the password; the log takes its str. `HTTPTransport`, on which the client stands, logs nothing
# of an address, at DEBUG neither. Here a server on loopback is asked by both.
#
# Seen with: httpx 0.28.1, httpcore 1.0.9, Python 3.11.
# Source: httpx/_client.py, `_send_single_request`; www.python-httpx.org/logging.  Takes: about 10 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check httpx==0.28.1 httpcore==1.0.9

"$room/venv/bin/python" - <<'PY'
import io
import logging
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx


class Quiet(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def logged(level: int, ask) -> str:
    told = io.StringIO()
    logging.basicConfig(stream=told, level=level, force=True)
    ask()
    return told.getvalue()


server = HTTPServer(("127.0.0.1", 0), Quiet)
Thread(target=server.serve_forever, daemon=True).start()
address = f"http://user:PASSWORD@127.0.0.1:{server.server_port}/hook/KEY-IN-PATH?access_token=KEY-IN-QUERY"

with httpx.Client(trust_env=False) as client:
    by_client = logged(logging.INFO, lambda: client.get(address))
with httpx.HTTPTransport(trust_env=False) as transport:
    timeout = {"timeout": httpx.Timeout(5).as_dict()}
    by_transport = logged(
        logging.DEBUG, lambda: transport.handle_request(httpx.Request("GET", address, extensions=timeout)).close()
    )
server.shutdown()
print("client, INFO:", by_client.strip())
print("transport, DEBUG:", by_transport.strip().replace("\n", "\n                  "))

keys = ("KEY-IN-PATH", "KEY-IN-QUERY", "PASSWORD")
seen = [[key in text for key in keys] for text in (by_client, by_transport)]
sys.exit(seen != [[True, True, True], [False, False, False]])
PY
