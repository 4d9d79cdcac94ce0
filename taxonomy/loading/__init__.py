"""From the shipped files into the tables: read and check everything, then write what differs."""
