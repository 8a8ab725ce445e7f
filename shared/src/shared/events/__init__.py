"""The public language: every event that crosses the street, one file per owning service.

`base.py` says what every event is, `contract.py` describes them all to other systems.
"""
