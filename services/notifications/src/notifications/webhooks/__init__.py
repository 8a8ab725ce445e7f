"""Webhooks: endpoints of other systems, which events go there, and how they know that it was us."""
