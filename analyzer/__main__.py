"""``python -m analyzer``, and what the command phonehome runs."""

from __future__ import annotations

import gc


def main() -> None:
    """The ``phonehome`` command."""
    gc.disable()  # before imports, which alone trigger dozens of searches for garbage
    from analyzer import cli

    cli.main()


if __name__ == "__main__":
    main()
