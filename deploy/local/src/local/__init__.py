"""Runs all of Ficha on one machine: embedded servers, the services, demo data."""
