"""Columns for money: of any scale, because a currency has none to three decimals."""


def any_scale(table: str, *columns: str) -> str:
    """DDL for columns that took two decimals. Stored alike, so no row is written anew and old code goes on."""
    changes = ", ".join(f"ALTER COLUMN {column} TYPE numeric" for column in columns)
    return f"-- squawk-ignore changing-column-type\nALTER TABLE {table} {changes}"
