"""Hostile frames by the hour: what guards the trusted side is tried with what nobody thought of.

    python -m fuzz --seconds 3600            the decoder, then the comparator
    python -m fuzz --target decoder FILE     one frame that was found to do harm, once more

With atheris installed, frames are bred by the coverage they reach; without it the mutator works
alone. ``tests/test_fuzz.py`` runs the same targets for some seconds.
"""
