"""The dashboard: opens the store, binds the pages, runs the one that is asked for."""

from overlap.dashboard.router import run

run()
