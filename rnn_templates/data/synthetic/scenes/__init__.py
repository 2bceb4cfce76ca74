"""Generated images of shapes with captions: built-in data of the captioning template."""

from rnn_templates.data.synthetic.scenes.builder import SIZES, Scenes, make_scenes
from rnn_templates.data.synthetic.scenes.captions import word_objects

__all__ = ["SIZES", "Scenes", "make_scenes", "word_objects"]
