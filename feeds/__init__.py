"""What was known, and when: prices from one contract, checked, aligned on exchange sessions."""
