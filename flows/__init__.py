"""When things happen and in what order: Prefect flows, the list of schedules and the embedded clock."""
