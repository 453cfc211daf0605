"""The daemon for the tests in this folder."""

from tests.support.kubo import kubo, mortal_kubo

__all__ = ["kubo", "mortal_kubo"]
