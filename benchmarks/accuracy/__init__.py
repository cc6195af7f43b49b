"""Accuracy, measured: errors against published numbers and against peers at equal stored bytes."""
