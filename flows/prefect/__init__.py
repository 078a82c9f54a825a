"""Prefect kept at arm's length: its server as a child, its tether, the deployment file, the way a run begins."""
