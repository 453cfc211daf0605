"""Brownie scripts: one file per family, one function per act."""
