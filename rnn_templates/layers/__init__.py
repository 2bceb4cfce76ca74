"""Layers of the networks: recurrent layers, attention, embeddings, pooling, CRF, image encoders."""
