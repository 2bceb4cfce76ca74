"""Plain texts of TFDS: the copy of tiny_shakespeare, where there is one."""

import rnn_templates as rt


def test_tiny_shakespeare_is_tested_on_the_last_tenth_in_one_text(shared_data, tmp_path):
    folder = shared_data / "tfds_manual"
    splits = rt.load("tiny_shakespeare", manual_dir=folder, data_dir=tmp_path)
    texts = {split: list(getattr(splits, split).as_numpy_iterator()) for split in ("train", "validation", "test")}
    whole = (folder / "input.txt").read_bytes()
    assert [len(one) for one in texts.values()] == [1, 1, 1]
    assert texts["train"][0] + texts["test"][0] == whole and texts["test"][0].startswith(texts["validation"][0])
    assert abs(len(texts["test"][0]) - 0.1 * len(whole)) < 2
