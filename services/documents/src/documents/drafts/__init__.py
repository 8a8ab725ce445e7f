"""Documents while they can still change: create, edit, delete, convert."""
