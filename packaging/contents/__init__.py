"""What goes into every package, and what every build agrees on."""
