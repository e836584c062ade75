"""phonehome: who does this phone talk to, where is that, and does the vendor's word hold?"""

__version__ = "0.1.0"
