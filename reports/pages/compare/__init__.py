"""Variants side by side. Finished runs in, numbers, sentences and ``compare.html`` out."""
