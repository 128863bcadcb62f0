"""Our figures as plotly's own: its package refuses every name and value that it does not know."""

import plotly.graph_objects as go


def as_plotly(figure):
    return go.Figure(figure)
