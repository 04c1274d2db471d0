"""What templates say beside Django's own."""
