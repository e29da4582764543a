"""Other libraries than py-cord that play through the emulator, each in an environment of its own."""
