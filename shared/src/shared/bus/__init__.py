"""Outbox, relay, inbox, consumer, and the two transports beneath them."""
