"""The parts of the year-end report: each one function that turns the year's rows into blocks, and one template."""
