"""Systems to which comments are handed on."""
