"""What tests share: running servers, a WebSocket client, people and sittings, a browser."""
