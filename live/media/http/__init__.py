"""The media process as others see it: WHIP, HLS, orders, and its own health. Plain ASGI."""
