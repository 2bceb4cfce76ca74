"""Output folders with files of others."""

from attack import Failure
from base import data_of, train_words

from cases.disks import listing

WEIGHT = 2


def attack(attack):
    """Files that the package has not written stay as they are."""
    rng, folder = attack.rng, attack.folder / "theirs"
    names = (
        "README.md",
        "card.json",
        "saved_model/mine.txt",
        "model.keras",
        "report.json",
        "labels.txt",
        "notes/a.txt",
        "checkpoint.npz",
        "model.tflite",
        "preprocessing.json",
        "learning_curve.png",
        "vocabulary.txt",
    )
    for name in rng.sample(names, rng.randrange(1, 5)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rng.choice(("mine", "{}", "", '{"name": "mine"}')))
    before = listing(folder)
    model, data = attack.base / "sentiment", data_of("sentiment", attack.base)
    own = listing(model)
    commands = {
        "train": train_words("sentiment", data, folder),
        "evaluate": ["evaluate", model, "--data", data, "--output", folder],
        "export": ["export", model, "--data", data, "--targets", "litert", "--output", folder],
        "tune": ["tune", "sentiment", "--data", data, "--output", folder, "--trials", 1, "--epochs", 1],
    }
    done = attack.command(*commands[rng.choice(sorted(commands))])
    after = listing(folder)
    changed = [name for name, content in before.items() if after.get(name) != content]
    if changed:
        raise Failure(f"foreign files are changed: {changed}")
    if listing(model) != own:
        raise Failure("the model's own folder is changed")
    if done.code and after != before:
        raise Failure(f"files are written before the error: {sorted(set(after) - set(before))}")
