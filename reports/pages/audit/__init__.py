"""The audit, drawn. Its document in, ``audit.html`` out; what it says is in the document."""
