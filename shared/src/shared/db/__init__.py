"""The cellar's foundations: engine, sessions, tenancy, migrations."""
