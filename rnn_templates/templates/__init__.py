"""Templates: a folder each, with its record, its builder and its task."""

NAMES = (
    "anomaly_detection",
    "captioning",
    "forecasting",
    "image_classification",
    "sentiment",
    "tagging",
    "text_generation",
    "translation",
)
