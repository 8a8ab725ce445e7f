"""What the press and its children write to each other: a length, in LENGTH bytes, then that many bytes. After a PDF one
more says whether the child wants to go on.
"""

from typing import Final

LENGTH: Final = 8
READY: Final = b"\0"
SPENT: Final = b"\1"
