"""A fictional programme to try the product on: firms of Hanoi, foreign buyers, and what they need.

Everything is drawn from one seed, so that two demonstrations differ only in their dates.
"""
