"""Autograder for programming assignments: scores that student code cannot forge."""

__version__ = "0.1.0"
