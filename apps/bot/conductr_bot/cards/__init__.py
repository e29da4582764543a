"""What is shown: outcomes as Discord messages, with their buttons. Pure: views in, `Drawn` out."""
