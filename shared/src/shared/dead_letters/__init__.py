"""Administration of dead letters: list, inspect, replay and discard them, over HTTP and at the command line."""
