#!/usr/bin/env bash
# A complete lock with hashes, each package pinned, installs with `pip install --require-hashes` of pip up to 23.2
# until the day one of its packages publishes a newer version, and never after. It takes a package that another one
# asks for with an extra (pytest-cov asks for coverage[toml]): to that pip it is a requirement of its own, which the
# pinned `coverage==…` does not cover, so it looks at the newest release, finds it unpinned and refuses. Nothing in the
# lock has changed, and while the pin was the newest the same lock installed, so its author saw no fault. pip 23.3
# installs it; Python 3.11 makes virtual environments with 23.2. `--no-deps`, with which nothing is lost as the lock
# is complete, installs it with both.
#
# Seen with: pip 23.2.1 and 23.3.2; pytest-cov 7.1.0, coverage 7.10.7 (not the newest), Python 3.11.
# Source: github.com/pypa/pip/issues/9644 and 12345, mended by pull/12095.  Takes: about 90 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
pip="$room/venv/bin/pip --quiet --disable-pip-version-check"

$pip download --no-deps --dest "$room/files" \
    pytest-cov==7.1.0 coverage==7.10.7 pytest==9.1.1 pluggy==1.7.0 iniconfig==2.3.1 packaging==26.3 pygments==2.21.0
"$room/venv/bin/python" - "$room" > "$room/lock.txt" <<'PY'
import hashlib
import sys
from pathlib import Path

for file in sorted(Path(sys.argv[1], "files").iterdir()):
    name, version = file.name.split("-")[:2]
    print(f"{name.replace('_', '-')}=={version} --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}")
PY
sed 's/ --hash.*/ --hash=…/' "$room/lock.txt"

installs_with() {
    $pip install --force-reinstall pip=="$1"
    $pip install --dry-run --require-hashes --no-deps -r "$room/lock.txt"
    if $pip install --dry-run --require-hashes -r "$room/lock.txt" > "$room/said" 2>&1; then answer=yes; else answer=no; fi
    echo "pip $1 installs the lock with --no-deps: yes, without: $answer"
}

installs_with 23.3.2
[ "$answer" = yes ]
installs_with 23.2.1
[ "$answer" = no ] && grep -q 'coverage\[toml\]' "$room/said"
