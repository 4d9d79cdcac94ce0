"""What is one firm's becomes another's, row by row, written down so that it can be taken back."""
