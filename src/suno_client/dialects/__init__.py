"""One pure module for each dialect of Suno's gateways: a call becomes a request, an answer becomes models."""
