"""Zero states for a functional model."""

import keras
import numpy as np

from rnn_templates.layers.initial_states import InitialStates


def test_every_batch_size_gets_its_rows_of_zeros_and_no_mask():
    ids = keras.Input((None,), dtype="int32")
    model = keras.Model(ids, InitialStates([3, 5])(ids))
    for rows in (1, 4):
        states = model(np.ones((rows, 2), "int32"))
        assert [state.shape.as_list() for state in states] == [[rows, 3], [rows, 5]]
        assert not any(np.any(state) for state in states)
    assert InitialStates.from_config(InitialStates([3, 5]).get_config()).sizes == [3, 5]
