"""The error family. Each error is one sentence: what, where, what to do next."""

from __future__ import annotations


class PhonehomeError(Exception):
    """Base of all errors a user may see; ``exit_code`` is the command's."""

    exit_code = 2


class UsageError(PhonehomeError):
    """The command was asked something it cannot do."""


class DataFileError(PhonehomeError):
    """A rule, device sheet or data file is not usable."""


class NothingUsable(PhonehomeError):
    """The input holds nothing that can be analysed."""

    exit_code = 4
