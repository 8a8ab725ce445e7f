"""Rebuilding a service's replicas of other services' facts while it goes on answering."""
