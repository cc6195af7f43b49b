"""The pages, each a function of the opened store and the view."""
