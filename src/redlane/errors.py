"""The one kind of error a person is meant to read, and the exit codes of every command."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit status means."""

    DONE = 0
    """Everything asked for was done; every row was accepted."""
    FAILED = 1
    """A fault in redlane itself: please report it."""
    REFUSED = 2
    """The input, configuration or command line cannot be used; nothing was written."""
    DONE_WITH_REJECTS = 3
    """Done, but some rows were rejected: they are listed in the rejects file."""
    DIFFERS = 4
    """Done, and what was recomputed is not what was stored."""
    NOT_PASSED = 5
    """Done, and a check did not pass."""


class RedlaneError(Exception):
    """One clear sentence to a colleague: what was wrong, the value found, what would be right.

    Raised for anything the user can mend: the command line prints the sentence without a traceback
    and exits with :attr:`ExitCode.REFUSED`.

    >>> str(RedlaneError("capacity is -5 %; give a share between 0 % and 100 %"))
    'capacity is -5 %; give a share between 0 % and 100 %'
    """
