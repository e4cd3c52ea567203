"""Where the workshop model's data is found."""

from typing import Final

DATA: Final = "/restconf/data"
SHOP: Final = f"{DATA}/workshop:shop"
