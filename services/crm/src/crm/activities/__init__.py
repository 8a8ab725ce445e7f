"""Activities: what is to be done with contacts, and what was."""
