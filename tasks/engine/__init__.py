"""The machinery: lease, jobs, what ran and how it fares."""
