"""Documents on the site: how a file becomes one, and what is read of it in the background."""
