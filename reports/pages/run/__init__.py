"""One run, explained. A ``Result`` in, the words and charts of ``index.html`` out."""
