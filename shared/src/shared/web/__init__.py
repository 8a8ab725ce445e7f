"""The HTTP door's frame: app factory, problems, identity, pages, versions, idempotency."""
