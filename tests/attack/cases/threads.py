"""Several threads on one model, and several processes in one folder."""

import threading
import time

import numpy as np
from attack import Failure
from base import data_of, train_words

from cases.kills import check_folder, weights

WEIGHT = 1


def attack(attack):
    """One of the cases below."""
    attack.rng.choice((litert, keras_model, processes, exports))(attack)


def in_threads(function, count=8):
    """Calls a function in threads at the same time; raises the first error."""
    errors, barrier = [], threading.Barrier(count)

    def run():
        barrier.wait()
        try:
            function()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def litert(attack):
    """Eight threads get the outputs of one."""
    from rnn_templates.export.targets.litert import LiteRTModel

    file = LiteRTModel(attack.base / "sentiment" / "model.tflite")
    inputs = [np.full((1, 12), number % 6, np.int32) for number in range(40)]
    expected = [file("serve", ids=ids)["probabilities"] for ids in inputs]

    def run():
        for ids, wanted in zip(inputs, expected, strict=True):
            if not np.allclose(file("serve", ids=ids)["probabilities"], wanted, atol=1e-6):
                raise Failure("the outputs of a thread differ")

    in_threads(run)


def keras_model(attack):
    """Eight threads get the predictions of one."""
    import rnn_templates as rt

    model, texts = rt.load_model(attack.base / "sentiment"), ["not bad", "good , not bad", ""]
    expected = model.predict(texts)

    def run():
        for _ in range(5):
            if not np.allclose(model.predict(texts), expected, atol=1e-6):
                raise Failure("the predictions of a thread differ")

    in_threads(run)


def processes(attack):
    """Of two trainings into one folder one is refused, or both give the weights of one alone."""
    data, folder = data_of("sentiment", attack.base), attack.folder / "out"
    words = train_words("sentiment", data, folder, epochs=3)
    first = attack.start(*words)
    time.sleep(attack.rng.uniform(0, 1.5))
    second = attack.start(*words)
    codes = [attack.wait(first), attack.wait(second)]
    if 0 not in codes or not set(codes) <= {0, 1}:
        raise Failure(f"exit statuses {codes}")
    check_folder(folder)
    if attack.wait(attack.start(*train_words("sentiment", data, attack.folder / "alone", epochs=3))):
        raise Failure("the training alone failed")
    for one, other in zip(weights(folder), weights(attack.folder / "alone"), strict=True):
        if not np.array_equal(one, other):
            raise Failure("the weights are not those of one training alone")


def exports(attack):
    """Two exports into one folder leave a whole one."""
    folder = attack.copy("sentiment")
    words = ["export", folder, "--data", data_of("sentiment", attack.base), "--targets", "litert"]
    running = [attack.start(*words), attack.start(*words)]
    codes = [attack.wait(pid) for pid in running]
    if 0 not in codes or not set(codes) <= {0, 1}:
        raise Failure(f"exit statuses {codes}")
    if attack.command("predict", folder, "not bad").code:
        raise Failure("the folder is damaged")
