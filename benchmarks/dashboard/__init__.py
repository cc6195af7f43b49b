"""The dashboard as visitors feel it, in a real Chromium."""
