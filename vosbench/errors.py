"""Errors that a user can mend: one clear sentence each, with the exit code of the command.

VosbenchError            1
├── UsageError           1   a name, setting or option that does not exist or fit
├── DataError            5   a dataset, annotation, mask, checkpoint or record that cannot be used
└── MethodError          2   a method cannot be built, or broke its contract on one sequence

The message says what was found, what was expected, where, and how to mend it. Everything else that
escapes is a defect of vosbench or of a plug-in, and keeps its traceback in the job's record.
"""

OK = 0
USAGE = 1
SOME_JOBS_FAILED = 2
REGRESSION = 3
INCONCLUSIVE = 4
INVALID_DATA = 5


class VosbenchError(Exception):
    """An error for the user; `exit_code` is what the command line ends with."""

    exit_code = USAGE


class UsageError(VosbenchError, LookupError):
    """A name, setting or option that does not exist or does not fit."""


class DataError(VosbenchError, ValueError):
    """A file or folder that cannot be used as it is."""

    exit_code = INVALID_DATA


class MethodError(VosbenchError, ValueError):
    """A method cannot be built, or returned something that its contract forbids."""

    exit_code = SOME_JOBS_FAILED
