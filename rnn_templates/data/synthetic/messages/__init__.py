"""Generated messages with personal data: built-in data of the tagging template."""

from rnn_templates.data.synthetic.messages.builder import SIZES, TYPES, Messages, make_messages

__all__ = ["SIZES", "TYPES", "Messages", "make_messages"]
