"""Uploaded files on their way to a store: kept, checked, built. Knows nothing of Streamlit."""
