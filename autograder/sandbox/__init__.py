"""Runs student code in a sandboxed process, forked from one that has everything imported.

The way in is ``launcher.Nursery``. Nothing is imported here, so that the package can be looked at
on every system.
"""
