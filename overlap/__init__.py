"""Find the audiences that overlap your category far more than chance would have it."""

__version__ = "0.1.0"
