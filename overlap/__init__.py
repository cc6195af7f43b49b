"""Find audience overlaps that are openings."""
