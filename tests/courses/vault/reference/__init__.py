"""Reference solutions of the course that is attacked."""
