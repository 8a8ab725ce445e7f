"""The feed: every event of an organisation, numbered without gaps, kept for a while for other systems to follow."""
