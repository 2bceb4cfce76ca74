"""Image data sets of TFDS: schemas without a network, slices, and the generated ones."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from rnn_templates.data import load
from rnn_templates.data.synthetic import glyphs, scenes

SIZES = {"train": 40, "validation": 9, "val": 9, "test": 30}


def encode(value, side=28, channels=1):
    return tf.io.encode_png(tf.fill([side, side, channels], tf.cast(value, tf.uint8))).numpy()


def rows(self, split=None, decoders=None, **_):
    """Encoded images in the schema of mnist or coco_captions, sliced as by TFDS."""
    assert type(decoders["image"]).__name__ == "SkipDecoding"
    name, _, part = split.partition("[:")
    count = int(part[:-1]) if part else SIZES[name]
    if count > SIZES[name]:
        raise AssertionError(f"Requested slice [:{count}] incompatible with {SIZES[name]} examples.")
    images = [encode(value) for value in range(count)]
    if "label" in self.info.features:
        return tf.data.Dataset.from_tensor_slices({"image": images, "label": np.arange(count) % 10})
    captions = [[f"caption {number} of {value}" for number in range(1 + value % 3)] for value in range(count)]
    texts = tf.data.Dataset.from_generator(
        lambda: iter(captions), output_signature=tf.TensorSpec((None,), tf.string)
    ).apply(tf.data.experimental.assert_cardinality(count))
    return tf.data.Dataset.zip(tf.data.Dataset.from_tensor_slices(images), texts).map(
        lambda image, text: {"image": image, "captions": {"text": text, "id": tf.zeros_like(text)}}
    )


@pytest.fixture
def mocked():
    with tfds.testing.mock_data(as_dataset_fn=rows):
        yield


def test_captions_of_coco_vary_in_number(mocked, tmp_path):
    found = load("coco_captions", data_dir=str(tmp_path))
    assert (found.name, found.labels, found.rejected_rows) == ("coco_captions", (), ())
    assert found.sizes == {"train": 40, "validation": 9, "test": 30}
    assert found.train.element_spec == (tf.TensorSpec((), tf.string), tf.TensorSpec((None,), tf.string))
    for split in (found.train, found.validation, found.test):
        for value, (image, captions) in enumerate(split.as_numpy_iterator()):
            assert image == encode(value)
            assert captions.tolist() == [b"caption %d of %d" % (n, value) for n in range(1 + value % 3)]


def test_mnist_has_classes_and_a_held_out_validation(mocked, tmp_path):
    found = load("mnist", data_dir=str(tmp_path))
    assert found.labels == tuple("0123456789")
    assert found.sizes == {"train": 36, "validation": 4, "test": 30}
    assert found.train.element_spec == (tf.TensorSpec((), tf.string), tf.TensorSpec((), tf.int64))
    both = [*found.train.as_numpy_iterator(), *found.validation.as_numpy_iterator()]
    assert sorted(both) == sorted((encode(value), value % 10) for value in range(40))


@pytest.mark.parametrize(("train_slice", "sizes"), [("[:20]", (20, 4, 4)), ("[:40]", (40, 8, 8)), ("[:3]", (3, 1, 1))])
def test_a_slice_of_the_training_split_limits_the_others_to_a_fifth(train_slice, sizes, mocked, tmp_path):
    found = load(f"coco_captions{train_slice}", data_dir=str(tmp_path))
    assert found.name == f"coco_captions{train_slice}"
    assert tuple(found.sizes.values()) == sizes
    assert tuple(len(list(split)) for split in (found.train, found.validation, found.test)) == sizes


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("coco_captions[:50]", {}, r"coco_captions: there is no slice train\[:50\] \(Requested slice"),
        ("coco_captions[:0]", {}, r"coco_captions: there is no image in train\[:0\]"),
        ("mnist", {"target_column": "digit"}, "`target_column` must be None or 'label'"),
        ("mnist", {"test_data": "x.tar"}, "`validation_data` and `test_data`"),
    ],
    ids=str,
)
def test_a_missing_slice_or_feature_is_named(name, options, message, mocked, tmp_path):
    with pytest.raises(ValueError, match=message):
        load(name, data_dir=str(tmp_path), **options)


def test_the_generated_images_are_loaded(tmp_path, monkeypatch):
    sizes = {"train": 12, "validation": 4, "test": 5}
    monkeypatch.setattr(scenes.builder, "SIZES", sizes)
    monkeypatch.setattr(glyphs, "SIZES", sizes)
    scenes_splits = load("scenes", data_dir=tmp_path)
    assert (scenes_splits.sizes, scenes_splits.labels) == (sizes, ())
    for image, captions in scenes_splits.test.as_numpy_iterator():
        assert tf.io.decode_image(image).shape[2] == 3
        assert captions.shape == (1,)
        assert len(captions[0].decode().split()) > 2
    glyphs_splits = load("glyphs", data_dir=tmp_path)
    assert (glyphs_splits.sizes, glyphs_splits.labels) == (sizes, glyphs.NAMES)
    made = [(image.tolist(), glyphs_splits.labels.index(name)) for image, name in glyphs.make_glyphs(5, "test")]
    assert [(tf.io.decode_image(i).numpy().tolist(), int(t)) for i, t in glyphs_splits.test.as_numpy_iterator()] == made
