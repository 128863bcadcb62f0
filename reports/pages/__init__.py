"""The pages: of a run, a comparison, an audit, the shelf, and the tear sheet."""
