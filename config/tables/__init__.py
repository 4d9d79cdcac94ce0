"""Rows as files for spreadsheets: what stands in a cell, and the writers of csv and xlsx, for every export."""
