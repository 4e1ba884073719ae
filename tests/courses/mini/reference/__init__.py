"""Reference solutions of the mini course."""
