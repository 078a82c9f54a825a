"""An act as a form, as the body of a request, and as it was sent."""
