"""The dashboard's server: `streamlit run app.py`."""

from streamlit.starlette import App

from overlap.dashboard.server import SCRIPT, middleware

app = App(SCRIPT, middleware=middleware())
