"""The schema's history: one revision per file in `versions`, numbered from 0001; run by `models.migrate`."""
