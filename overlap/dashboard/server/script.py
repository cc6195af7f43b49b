"""What runs at every interaction: opens the store, binds the pages, runs the one asked for."""

from overlap.dashboard.router import run

run()
