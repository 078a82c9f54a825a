#!/usr/bin/env bash
# The robots of WeCom, DingTalk, Feishu and ServerChan answer HTTP 200 also when they refuse (token revoked, keyword
# missing, too many messages); the reason stands in the body as `errcode` or `code`. apprise looks at the status only:
# `notify()` is True for a message that nobody will read, while for a 500 it is False.
# Here a server on loopback answers in the robots' place; the replies have the form which their documents give.
#
# Seen with: apprise 1.13.1, Python 3.11.
# Source: apprise/plugins/wecombot.py, dingtalk.py, feishu.py, serverchan.py; the same met elsewhere in
# github.com/oryx-labs/oryxos/issues/316.  Takes: about 25 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check apprise==1.13.1

"$room/venv/bin/python" - <<'PY'
import json
import logging
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from apprise import Apprise
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.serverchan import NotifyServerChan
from apprise.plugins.wecombot import NotifyWeComBot

logging.disable(logging.CRITICAL)
REFUSALS = {
    "wecom": (200, {"errcode": 93000, "errmsg": "invalid webhook url"}),
    "dingtalk": (200, {"errcode": 310000, "errmsg": "keywords not in content"}),
    "feishu": (200, {"code": 19024, "msg": "Key Words Not Found"}),
    "serverchan": (200, {"code": 40001, "message": "bad key"}),
    "down": (500, {}),
}
asked = []


class Robot(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        name = self.path.strip("/")
        asked.append(name)
        status, reply = REFUSALS[name]
        body = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Robot)
Thread(target=server.serve_forever, daemon=True).start()
ROBOTS = {
    "wecom": (NotifyWeComBot, "wecombot://botkey"),
    "dingtalk": (NotifyDingTalk, "dingtalk://abcdefghijklmnop"),
    "feishu": (NotifyFeishu, "feishu://abcdefghijklmnop"),
    "serverchan": (NotifyServerChan, "schan://abcdefghijklmnop"),
    "down": (NotifyWeComBot, "wecombot://botkey"),
}


def sent(name: str) -> bool:
    plugin, address = ROBOTS[name]
    plugin.notify_url = f"http://127.0.0.1:{server.server_port}/{name}"
    sender = Apprise()
    return sender.add(address) and sender.notify(body="督办提醒", title="督办")


seen = {name: sent(name) for name in ROBOTS}
server.shutdown()
for name, verdict in seen.items():
    print(f"{name}: answered {REFUSALS[name]}, notify() is {verdict}")

sys.exit(seen != {name: name != "down" for name in ROBOTS} or asked != [*ROBOTS])
PY
