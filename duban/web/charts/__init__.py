"""Charts as SVG, made by the server from numbers: classes instead of colours, words beside every shape."""
