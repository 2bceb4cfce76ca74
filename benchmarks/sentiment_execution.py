"""Training time of the shipped sentiment model with the while loop and with the compiled loop, 100 batches each.

python benchmarks/sentiment_execution.py TRAIN
"""

import sys
import time

import keras
import numpy as np

import rnn_templates as rt
from rnn_templates.data.files.labeled_texts import read_labeled_texts
from rnn_templates.tasks.components import ClassifierRegularization

BATCH_SIZE, BATCHES, ROUNDS = 64, 100, 2


def main(train):
    """Trains on a random sample of the reviews in a file with columns text and label, and prints seconds."""
    reviews = read_labeled_texts(train)
    sample = np.random.default_rng(0).permutation(len(reviews.texts))[: BATCH_SIZE * BATCHES]
    texts = np.array([reviews.texts[i] for i in sample], dtype=object)
    labels = np.array([int(reviews.targets[i][0] == "1") for i in sample])
    vocabulary = rt.Vocabulary.from_texts(list(texts), vocabulary_size=16000, progress=False)
    regularization = ClassifierRegularization(embedding_dropout=0.2, adversarial_epsilon=0.05)
    shipped = {
        "units": 128,
        "chunk_length": 50,
        "max_tokens": 600,
        "pooling": "max_mean",
        "regularization": regularization,
    }
    for implementation in ("while_loop", "auto"):
        keras.utils.set_random_seed(1)
        model = rt.sentiment_model(vocabulary, ["negative", "positive"], **shipped)
        model.network.get_layer("chunked").layer.implementation = implementation
        batches = model.make_batches(texts, labels, batch_size=BATCH_SIZE, shuffle=True)
        for number in range(1, ROUNDS + 1):
            start = time.perf_counter()
            model.fit(batches, epochs=1, verbose=0)
            seconds = time.perf_counter() - start
            print(f"{implementation}, round {number}: {seconds:.1f} s for {BATCHES} batches", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
