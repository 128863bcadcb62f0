"""What do the numbers allow? Arrays and numbers in, statistics out: no figures, no pages, no files.

Every module brings scipy, statsmodels and arch in inside the functions that need them: together
they take one to two seconds, which a plain backtest must not pay.
"""
