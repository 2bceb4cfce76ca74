"""Generated pictures of coloured shapes, each with its caption: the embedded data of the captioning template."""

from rnn_templates.data.synthetic.scenes.builder import SIZES, Scenes, make_scenes
from rnn_templates.data.synthetic.scenes.captions import spoken_of

__all__ = ["SIZES", "Scenes", "make_scenes", "spoken_of"]
