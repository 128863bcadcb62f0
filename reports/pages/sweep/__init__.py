"""The page of a search. What ``sweep.json`` says and the cells' scores in, ``sweep.html`` out."""
