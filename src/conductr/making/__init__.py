"""How a wish becomes a song: asked, submitted once, followed, settled where an answer was lost."""
