"""The ladder: policies, rungs, when each fires, lights and notices."""
