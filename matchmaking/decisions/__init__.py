"""Methods of decision analysis around a ranking. Pure as the engine is: figures in, figures out; no Django, no I/O.
Searches have a watch, and say where it stopped them.
"""
