"""What sunoapi.org and kie.ai make of songs and beside them: each endpoint, its record and its callback."""
