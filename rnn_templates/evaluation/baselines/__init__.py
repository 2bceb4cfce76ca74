"""Baselines that evaluation reports beside a model."""
