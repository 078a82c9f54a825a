"""What a new year's plan is drawn from: last year's report, plan and deficiencies, and the days that come round."""
