"""CCR: the site that a coordinated community response network runs on."""

__version__ = "0.1.0"
