"""As a program: `python -m flows.prefect.entrypoint ENTRYPOINT JSON` runs one flow, with Prefect keeping its history.

A process of its own, so that a Prefect that hangs or crashes can be cut off and costs the office nothing.
"""

import importlib
import json
import sys


def main() -> None:
    """Run the flow named on the command line with its parameters; it fails as the flow does."""
    entrypoint, parameters = sys.argv[1:]
    module, _, name = entrypoint.rpartition(".")
    getattr(importlib.import_module(module), name)(**json.loads(parameters))


if __name__ == "__main__":
    main()
