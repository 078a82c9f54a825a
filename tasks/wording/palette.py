"""Colours on paper: of lights and of sheets, each dark enough for white letters; the word always stands beside."""

from models.ladder.light import Light
from models.ladder.policy import Colour

LIGHTS: dict[Light, str] = {
    Light.GREEN: "2E7D32",
    Light.YELLOW: "9A6700",
    Light.RED: "B3261E",
    Light.GREY: "6B7785",
    Light.BLUE: "1565C0",
}

SUSPENDED = "A9B1BA"
"""No light: 中止 stands still, lighter than 未开始."""

SHEETS: dict[Colour, str] = {
    Colour.BLUE: "1565C0",
    Colour.YELLOW: "9A6700",
    Colour.ORANGE: "C75B12",
    Colour.RED: "B3261E",
}
"""`Colour.NONE` has none: such a sheet bears no band."""
