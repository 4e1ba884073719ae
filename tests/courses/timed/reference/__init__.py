"""Reference solutions of the timed course."""
