#!/usr/bin/env bash
# With pytest 9.2, `--dist loadgroup` of pytest-xdist 3.8 groups nothing and says nothing: tests of one
# `xdist_group` run on every worker, also under `-W error` and `--strict-markers`, and all pass. What a group was
# meant to share (a server, a database) is started once a worker instead of once. With pytest 9.1 the same files
# stay on one worker. xdist writes the group into the node id, which 9.2 no longer reads from where it is written.
#
# Seen with: pytest 9.2.0 and 9.1.1, pytest-xdist 3.8.0, Python 3.11, Linux.
# Source: github.com/pytest-dev/pytest-xdist/issues/1386.  Takes: about 25 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
cd "$room"

cat > test_shared.py <<'PY'
import os
import time
from pathlib import Path

import pytest


@pytest.mark.xdist_group("server")
@pytest.mark.parametrize("turn", range(12))
def test_uses_the_server(turn):
    time.sleep(0.05)
    Path(f"ran-on-{os.environ['PYTEST_XDIST_WORKER']}").touch()
PY

workers_with() {
    venv/bin/pip install --quiet --disable-pip-version-check pytest=="$1" pytest-xdist==3.8.0
    rm -f ran-on-*
    venv/bin/pytest -n 2 --dist loadgroup --strict-markers -W error -p no:cacheprovider > said.txt
    tail -n 1 said.txt
    workers=$(find . -name 'ran-on-*' | wc -l)
    echo "pytest $1: one group of twelve tests ran on $workers worker(s)"
}

workers_with 9.1.1
[ "$workers" -eq 1 ]
workers_with 9.2.0
[ "$workers" -eq 2 ]
