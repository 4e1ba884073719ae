"""What a student reads about a training. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from autograder.model import Text


def percent(share: float, lang: str) -> str:
    """One decimal, rounded down: 74.96 % must not look as if it were 75 %."""
    number = f"{int(share * 1000) / 10:.1f}"
    return f"{number.replace('.', ',')} %" if lang == "fr" else f"{number}%"


def accuracy(share: float, error: float, count: int, seconds: float, budget: float) -> Text:
    """What a model reached, and how long that took."""
    return Text(
        f"Précision : {percent(share, 'fr')} (± {percent(error, 'fr')}) sur {count} images jamais "
        f"vues, en {seconds:.0f} s ; temps permis : {budget:.0f} s.",
        f"Accuracy: {percent(share, 'en')} (± {percent(error, 'en')}) on {count} unseen images, in "
        f"{seconds:.0f} s; time allowed: {budget:.0f} s.",
    )


def wanted(part: float, full: float) -> Text:
    """What would have been needed."""
    return Text(
        f"Il faut {percent(full, 'fr')} pour tous les points, et plus de {percent(part, 'fr')} "
        "pour en avoir une partie.",
        f"All points take {percent(full, 'en')}, some of them more than {percent(part, 'en')}.",
    )


def bonus(share: float) -> Text:
    """More than all points."""
    return Text(f"Bonus : + {share:.0%} des points.", f"Bonus: +{share:.0%} of the points.")


def too_slow(name: str, budget: float, reference: float) -> Text:
    """Time was up."""
    return Text(
        f"`{name}` n'a pas fini à temps : entraînement et prédictions ont {budget:.0f} s, soit "
        f"{budget / reference:.1f} fois le temps de la solution de référence sur cette machine.",
        f"`{name}` did not finish in time: training and predictions have {budget:.0f} s, which is "
        f"{budget / reference:.1f} times what the reference solution takes on this machine.",
    )


def out_of_memory(name: str, mib: int) -> Text:
    """More memory than there is."""
    return Text(
        f"`{name}` demande plus de mémoire qu'il n'est permis ({mib} Mio) : réduis la taille des "
        "batches ou du modèle.",
        f"`{name}` asks for more memory than it may use ({mib} MiB): make the batches or the model "
        "smaller.",
    )


def out_of_gpu_memory(name: str, mib: int) -> Text:
    """More memory of the GPU than there is."""
    return Text(
        f"`{name}` demande plus de mémoire du GPU qu'il n'est permis ({mib} Mio) : réduis la "
        "taille des batches ou du modèle.",
        f"`{name}` asks for more memory of the GPU than it may use ({mib} MiB): make the batches "
        "or the model smaller.",
    )


def crashed(name: str) -> Text:
    """The process is gone."""
    return Text(
        f"`{name}` a arrêté brutalement le processus Python pendant l'entraînement.",
        f"`{name}` ended the Python process abruptly during the training.",
    )


def no_model(name: str, shown: Text) -> Text:
    """``train`` returned plain data."""
    return Text(
        f"`{name}` renvoie {shown.fr} ; attendu : un modèle.",
        f"`{name}` returns {shown.en}; expected: a model.",
    )


def bad_predictions(name: str, clause: Text, count: int) -> Text:
    """``predict`` returned something else than class numbers."""
    return Text(
        f"`{name}` : {clause.fr}. Il faut un tableau NumPy de {count} numéros de classe pour "
        f"{count} images.",
        f"`{name}`: {clause.en}. It takes a NumPy array of {count} class numbers for {count} "
        "images.",
    )


def disk_full(mib: int) -> Text:
    """Too much was written."""
    return Text(
        f"Le dossier de travail est peut-être plein ({mib} Mio) : n'y garde pas chaque étape.",
        f"The working folder may be full ({mib} MiB): don't keep every step there.",
    )


NO_SHARED_MEMORY = Text(
    "Le correcteur n'a pas de mémoire partagée : utilise `num_workers=0` dans `DataLoader`.",
    "The grader has no shared memory: use `num_workers=0` in `DataLoader`.",
)


def gap(originals: float, copies: float) -> Text:
    """The published images are known by heart."""
    return Text(
        "Le modèle reconnaît bien mieux les images publiées que leurs copies décalées, retournées "
        f"ou recolorées ({percent(originals, 'fr')} contre {percent(copies, 'fr')}) : seul compte "
        "ce qu'un modèle honnête gagne sur les copies.",
        "The model knows the published images much better than their shifted, mirrored or "
        f"recoloured copies ({percent(originals, 'en')} against {percent(copies, 'en')}): only as "
        "much above the copies as an honest model is counts.",
    )


def joined(sentences: Iterable[Text]) -> Text:
    """One after the other."""
    every = list(sentences)
    return Text(" ".join(one.fr for one in every), " ".join(one.en for one in every))


def from_elsewhere(plain: float, disguised: float) -> Text:
    """Knowledge that fits natural images only."""
    return Text(
        f"Entraîné sur ces images à l'envers et en d'autres couleurs, le modèle n'atteint que "
        f"{percent(disguised, 'fr')} au lieu de {percent(plain, 'fr')} : ce qu'il sait ne vient "
        "pas de l'entraînement. La précision ne compte pas.",
        "Trained on the same images upside down and in other colours, the model reaches only "
        f"{percent(disguised, 'en')} instead of {percent(plain, 'en')}: what it knows does not "
        "come from the training. The accuracy does not count.",
    )


def too_full(size: int, most: int) -> Text:
    """More in the notebook than code."""
    return Text(
        f"Le code du notebook pèse {size / 1000:.0f} ko une fois compressé ; au-delà de "
        f"{most / 1000:.0f} ko, on ne peut plus savoir si le modèle a appris ici ce qu'il sait, et "
        "la précision ne compte pas. Enlève les données et les longs textes des cellules de code.",
        f"The code of the notebook takes {size / 1000:.0f} kB when compressed; beyond "
        f"{most / 1000:.0f} kB nobody can tell whether the model learnt here what it knows, and "
        "the accuracy does not count. Take data and long texts out of the code cells.",
    )


def known_answers(plain: float, exchanged: float) -> Text:
    """Knowledge of the published questions only."""
    return Text(
        "Entraîné sur les images de validation et interrogé sur celles d'entraînement, le modèle "
        f"n'atteint que {percent(exchanged, 'fr')} au lieu de {percent(plain, 'fr')} : ce qu'il "
        "sait ne vient pas de l'entraînement. La précision ne compte pas.",
        "Trained on the validation images and asked about those for training, the model reaches "
        f"only {percent(exchanged, 'en')} instead of {percent(plain, 'en')}: what it knows does "
        "not come from the training. The accuracy does not count.",
    )


FROM_NO_LABELS = Text(
    "Entraîné sur des étiquettes tirées au hasard, le modèle sépare encore les classes : ce "
    "qu'il sait ne vient pas de l'entraînement. La précision ne compte pas.",
    "Trained on labels drawn at random, the model still tells the classes apart: what it knows "
    "does not come from the training. The accuracy does not count.",
)

UNPROVED = Text(
    "Sur d'autres images, le même entraînement n'arrive pas à son terme : on ne peut pas savoir si "
    "le modèle a appris ici ce qu'il sait, et la précision ne compte pas.",
    "On other images the same training does not come to its end: nobody can tell whether the model "
    "learnt here what it knows, and the accuracy does not count.",
)

UNSTEADY = (
    "the speed of this machine changed by more than a fifth while a training was timed, twice: "
    "grade again when less runs beside it"
)
