"""One run, explained. A ``RunResult`` in, the words and charts of ``index.html`` out."""
