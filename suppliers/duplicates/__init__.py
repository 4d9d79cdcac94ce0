"""Whether two entries are one firm. Pure: text in, judgement out; nothing is read or written."""
