"""The IMDb example of keras.io: a bidirectional LSTM, two layers of 64 units, on the last 200 words.

Model and settings (embedding of 128, two bidirectional LSTM layers of 64, Adam, batch size 32, 2 epochs, vocabulary of
20,000 words, padded to 200) are rebuilt with Keras layers, on the same files and words as the sentiment template.

    python benchmarks/keras_io_sentiment.py TRAIN TEST
"""

import sys
import time

import keras
import numpy as np

from rnn_templates.data.files.labeled_texts import read_labeled_texts
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.preprocessing.text.word_tokenizer import tokenize

VOCABULARY_SIZE, LENGTH, EPOCHS, BATCH_SIZE, SEED = 20000, 200, 2, 32, 1


def main(train_path, test_path):
    keras.utils.set_random_seed(SEED)
    train, test = read_labeled_texts(train_path), read_labeled_texts(test_path)
    vocabulary = Vocabulary.from_texts(train.texts, vocabulary_size=VOCABULARY_SIZE)

    def encode(texts):
        rows = [vocabulary.ids(tokenize(text)) for text in texts]
        return keras.utils.pad_sequences(rows, maxlen=LENGTH)  # pads in front, keeps the last words

    x, y = encode(train.texts), np.array([int(label == "1") for (label,) in train.targets])
    x_test, y_test = encode(test.texts), np.array([int(label == "1") for (label,) in test.targets])

    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(VOCABULARY_SIZE, 128),
            keras.layers.Bidirectional(keras.layers.LSTM(64, return_sequences=True)),
            keras.layers.Bidirectional(keras.layers.LSTM(64)),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    for epoch in range(EPOCHS):
        start = time.perf_counter()
        model.fit(x, y, batch_size=BATCH_SIZE, epochs=1, verbose=0)
        seconds = time.perf_counter() - start
        accuracy = model.evaluate(x_test, y_test, batch_size=256, verbose=0)[1]
        print(f"epoch {epoch + 1}: {seconds:.0f} s, test accuracy {accuracy:.4f}", flush=True)
    print(f"parameters: {model.count_params():,}")


if __name__ == "__main__":
    main(*sys.argv[1:])
