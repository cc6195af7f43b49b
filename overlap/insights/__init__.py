"""Insights over a panel."""
