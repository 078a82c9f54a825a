"""Pages of policies, and of the policy of a plan."""
