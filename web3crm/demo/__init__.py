"""The demonstration: two brands' programmes on a local Ganache chain, told in chapters, every step checked."""
