"""The self-hosted gcui-art server: its routes, its bare arrays, its clips' life and its ways to fail."""
