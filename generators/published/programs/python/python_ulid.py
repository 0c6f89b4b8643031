"""python-ulid, by its constructor ULID(), as its documentation shows: one generator for all threads of the process."""
from node import serve
from ulid import ULID

serve(lambda: int(ULID()))
