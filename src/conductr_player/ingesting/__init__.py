"""Any audio to levelled packets, whole or as it grows."""
