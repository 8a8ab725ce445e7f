"""What one service keeps, in a folder, and back from there: its database by PostgreSQL's own tools, and its objects.

Of each service a backup is consistent in itself. Among services it need not be: what they tell each other is made
equal afterwards, by the comparison with the log and by `rebuild`.
"""
