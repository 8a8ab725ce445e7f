"""Who aims webhooks: people and their keys, as far as they still may."""
