"""Pictures: read, brought to one size, and seen by a convolutional network, whose features are kept."""
