"""Owns the mail outbox, its log and the webhook deliveries."""
