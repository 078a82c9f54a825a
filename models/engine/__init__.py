"""The machinery: jobs, rhythms, webhooks."""
