"""The portal as staff see it: what the client would see, read-only, for minutes, and logged."""
