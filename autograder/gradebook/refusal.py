"""Why one submission cannot be written, between the modules of this package."""

from __future__ import annotations


class Refusal(Exception):
    """Becomes a ``Refused``; nothing of the submission is written."""
