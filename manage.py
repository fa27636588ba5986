#!/usr/bin/env python
"""The command line's front door."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the management command named in the arguments."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
