"""What may be claimed of a result, in numbers only: no figure, no page."""
