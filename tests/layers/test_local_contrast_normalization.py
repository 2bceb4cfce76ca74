"""What light and shade do to a picture is undone."""

import keras
import numpy as np
import pytest

from rnn_templates.layers.local_contrast_normalization import LocalContrastNormalization

PICTURE = np.random.default_rng(0).normal(size=(2, 12, 10, 1)).astype("float32")


def test_every_pixel_is_measured_by_the_mean_and_the_spread_of_its_surroundings():
    def around(x, row, column):
        return x[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3].mean()

    picture = PICTURE[0, :, :, 0].astype(float)
    places = list(np.ndindex(picture.shape))
    stands_out = picture - np.reshape([around(picture, *place) for place in places], picture.shape)
    spread = np.reshape([around(stands_out**2, *place) for place in places], picture.shape)
    found = LocalContrastNormalization(5, 0.1)(PICTURE).numpy()
    np.testing.assert_allclose(found[0, :, :, 0], stands_out / np.sqrt(spread + 0.01), rtol=1e-4, atol=1e-5)


def test_more_light_and_more_contrast_change_little_where_there_is_more_than_noise():
    layer = LocalContrastNormalization(5, 0.001)
    np.testing.assert_allclose(layer(3 * PICTURE + 2), layer(PICTURE), atol=2e-3)
    assert abs(layer(np.full_like(PICTURE, 0.3))).numpy().max() < 1e-3  # nothing there, nothing seen


def test_its_settings_survive_the_file(tmp_path):
    model = keras.Sequential([keras.Input((12, 10, 1)), LocalContrastNormalization(7, 0.2)])
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(PICTURE, verbose=0), model.predict(PICTURE, verbose=0))


@pytest.mark.parametrize(
    ("settings", "name"), [({"window": 4}, "window"), ({"window": 1}, "window"), ({"floor": 0}, "floor")]
)
def test_settings_out_of_range_are_named(settings, name):
    with pytest.raises(ValueError, match=f"LocalContrastNormalization: `{name}`"):
        LocalContrastNormalization(**settings)
