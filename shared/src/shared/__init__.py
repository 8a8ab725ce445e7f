"""What two services or more already need, and no business noun (events excepted)."""
