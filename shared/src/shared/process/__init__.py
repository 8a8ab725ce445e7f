"""A service as a process: `program` is what it is, `command_line` what may be asked of it, `parts` what runs in it."""
