"""Addresses a browser brings along and is led to: never away from these pages."""


def inside(path: str, otherwise: str = "/") -> str:
    """The address if it lies inside our own pages, else `otherwise`."""
    plain = path.isprintable() and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else otherwise
