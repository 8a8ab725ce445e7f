"""People logging in and out: sessions, the devices they come from, and how often they may try."""
