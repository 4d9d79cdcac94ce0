"""Lists of firms from outside: read, map columns, resolve, plan, apply. One pipeline for every way in."""
