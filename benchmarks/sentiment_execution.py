"""What the compiled execution saves in the training of the shipped sentiment model: 100 of its batches, each way.

python benchmarks/sentiment_execution.py TRAIN
"""

import sys
import time

import keras
import numpy as np

import rnn_templates as rt
from rnn_templates.data.files.labeled_texts import read_labeled_texts

BATCH, BATCHES, ROUNDS = 64, 100, 2


def main(train):
    reviews = read_labeled_texts(train)
    some = np.random.default_rng(0).permutation(len(reviews.texts))[: BATCH * BATCHES]
    texts = np.array([reviews.texts[i] for i in some], dtype=object)
    labels = np.array([int(reviews.targets[i][0] == "1") for i in some])
    vocabulary = rt.Vocabulary.from_texts(list(texts), vocabulary_size=16000, progress=False)
    shipped = {"units": 128, "chunk_length": 50, "max_tokens": 600, "pooling": "max_mean", "adversarial_epsilon": 0.05}
    for execution in ("portable", "auto"):
        keras.utils.set_random_seed(1)
        model = rt.sentiment_model(vocabulary, ["negative", "positive"], **shipped)
        model.network.get_layer("chunked").layer.execution = execution
        batches = model.batches(texts, labels, batch_size=BATCH, shuffle=True)
        for number in range(1, ROUNDS + 1):
            start = time.perf_counter()
            model.fit(batches, epochs=1, verbose=0)
            print(f"{execution}, round {number}: {time.perf_counter() - start:.1f} s for {BATCHES} batches", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
