"""What goes to webhooks: fanned out from events, posted by the worker, kept in a log."""
