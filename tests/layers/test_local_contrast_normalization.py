"""Local contrast normalization against its formula."""

import keras
import numpy as np
import pytest

from rnn_templates.layers.local_contrast_normalization import LocalContrastNormalization

IMAGE = np.random.default_rng(0).normal(size=(2, 12, 10, 1)).astype("float32")


def test_outputs_equal_the_formula():
    def local_mean(x, row, column):
        return x[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3].mean()

    image = IMAGE[0, :, :, 0].astype(float)
    indices = list(np.ndindex(image.shape))
    difference = image - np.reshape([local_mean(image, *index) for index in indices], image.shape)
    variance = np.reshape([local_mean(difference**2, *index) for index in indices], image.shape)
    found = LocalContrastNormalization(5, 0.1)(IMAGE).numpy()
    np.testing.assert_allclose(found[0, :, :, 0], difference / np.sqrt(variance + 0.01), rtol=1e-4, atol=1e-5)


def test_brightness_and_contrast_change_little_above_the_noise():
    layer = LocalContrastNormalization(5, 0.001)
    np.testing.assert_allclose(layer(3 * IMAGE + 2), layer(IMAGE), atol=2e-3)
    assert abs(layer(np.full_like(IMAGE, 0.3))).numpy().max() < 1e-3


def test_arguments_survive_saving(tmp_path):
    model = keras.Sequential([keras.Input((12, 10, 1)), LocalContrastNormalization(7, 0.2)])
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(IMAGE, verbose=0), model.predict(IMAGE, verbose=0))


@pytest.mark.parametrize("options", [{"window": 4}, {"window": 1}, {"epsilon": 0}], ids=str)
def test_invalid_arguments_are_named(options):
    with pytest.raises(ValueError, match=f"LocalContrastNormalization: `{next(iter(options))}`"):
        LocalContrastNormalization(**options)
