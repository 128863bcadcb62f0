"""The article's three tests, and what it published beside what comes out here."""
