"""What the best of many tries is worth. A search that has run in, its verdict out."""
