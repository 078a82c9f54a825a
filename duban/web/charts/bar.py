"""One stacked bar: what a row of a table is made of, as wide as the row with the most."""

from collections.abc import Sequence

from markupsafe import Markup, escape

HEIGHT = 14


def bar(parts: Sequence[tuple[str, int, str]], *, most: int) -> Markup:
    """A bar of `(colour, count, word)` parts; `most` is the count that fills the whole width.

    The numbers stand in the table around it, so the bar itself says nothing to a reading voice.
    """
    rects, start = "", 0.0
    scale = 100 / most if most else 0
    for colour, count, word in parts:
        if count:
            width = count * scale
            rects += (
                f'<rect class="fill-{colour}" x="{start:.2f}%" y="0" width="{width:.2f}%" height="{HEIGHT}">'
                f"<title>{escape(word)} {count}</title></rect>"
            )
            start += width
    return Markup(  # noqa: S704 - numbers and our own words, escaped
        f'<svg class="bar" height="{HEIGHT}" width="100%" aria-hidden="true" focusable="false">{rects}</svg>'
    )
