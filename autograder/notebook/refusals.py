"""Why a handed-in file cannot be read: one sentence for what is wrong, one for the repair.

All are shown to students, so all are here, side by side, for one proofreading.
"""

from __future__ import annotations

from autograder.model import Text


class Unreadable(Exception):
    """A student's file cannot be read. Caught within intake and notebook, never let out."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


# ---------------------------------------------------------------- any file

TOO_LARGE = Text(
    fr="Le fichier dépasse 20 Mo. Efface les sorties (Kernel ▸ Restart Kernel and Clear Outputs of "
    "All Cells), enregistre et rends-le à nouveau.",
    en="The file is larger than 20 MB. Clear the outputs (Kernel ▸ Restart Kernel and Clear "
    "Outputs of All Cells), save and hand it in again.",
)
EMPTY = Text(
    fr="Le fichier est vide. Enregistre ton notebook dans Jupyter et rends-le à nouveau.",
    en="The file is empty. Save your notebook in Jupyter and hand it in again.",
)
INCOMPLETE = Text(
    fr="Le fichier est incomplet : la fin manque. Enregistre-le dans Jupyter et rends-le à "
    "nouveau.",
    en="The file is incomplete: its end is missing. Save it in Jupyter and hand it in again.",
)
NOT_TEXT = Text(
    fr="Le fichier n'est pas du texte en UTF-8. Ouvre-le dans Jupyter ou dans ton éditeur, "
    "enregistre-le en UTF-8 et rends-le à nouveau.",
    en="The file is not text in UTF-8. Open it in Jupyter or in your editor, save it as UTF-8 and "
    "hand it in again.",
)
BINARY = Text(
    fr="Ce n'est pas un fichier texte : c'est une image, un PDF ou un autre fichier binaire, "
    "malgré son nom. Rends le notebook (.ipynb) que tu as enregistré dans Jupyter.",
    en="This is not a text file: it is a picture, a PDF or another binary file, whatever its name. "
    "Hand in the notebook (.ipynb) that you saved in Jupyter.",
)
ZIP_RENAMED = Text(
    fr="Ce fichier est une archive zip, malgré son nom. Extrais-en ton notebook (.ipynb) et rends "
    "le notebook, ou rends l'archive sous un nom en .zip.",
    en="This file is a zip archive, whatever its name. Extract your notebook (.ipynb) and hand in "
    "the notebook, or hand in the archive under a name in .zip.",
)
ODD_ENCODING = Text(
    fr="Le script déclare un encodage que le correcteur ne lit pas. Enregistre-le en UTF-8, sans "
    "ligne « coding », et rends-le à nouveau.",
    en="The script declares an encoding that the grader does not read. Save it as UTF-8, without a "
    "“coding” line, and hand it in again.",
)
LINK = Text(
    fr="Ce qui est rendu est un lien, que le correcteur ne suit pas. Rends le fichier lui-même.",
    en="What was handed in is a link, which the grader does not follow. Hand in the file itself.",
)
NOT_A_FILE = Text(
    fr="Ce qui est rendu n'est pas un fichier ordinaire. Rends ton notebook (.ipynb).",
    en="What was handed in is not a regular file. Hand in your notebook (.ipynb).",
)
CLOSED = Text(
    fr="Le correcteur n'a pas le droit de lire ce fichier. Vérifie ses droits d'accès et rends-le "
    "à nouveau.",
    en="The grader is not allowed to read this file. Check its permissions and hand it in again.",
)
TOO_MANY_FILES = Text(
    fr="Le dossier contient trop de notebooks et de scripts. Garde seulement ton notebook et "
    "rends-le à nouveau.",
    en="The folder holds too many notebooks and scripts. Keep only your notebook and hand it in "
    "again.",
)

# ---------------------------------------------------------------- notebooks

NOT_A_NOTEBOOK = Text(
    fr="Le fichier n'est pas un notebook valide. Ouvre-le dans Jupyter, vérifie-le, enregistre-le "
    "et rends-le à nouveau.",
    en="The file is not a valid notebook. Open it in Jupyter, check it, save it and hand it in "
    "again.",
)
OTHER_CONTENT = Text(
    fr="Ce fichier n'est pas un notebook, malgré son nom. Rends le fichier .ipynb que tu as "
    "enregistré dans Jupyter.",
    en="This file is not a notebook, whatever its name. Hand in the .ipynb file that you saved in "
    "Jupyter.",
)
WEB_PAGE = Text(
    fr="Le fichier est une page web, pas un notebook. Dans Jupyter, choisis File ▸ Download et "
    "rends le fichier .ipynb.",
    en="The file is a web page, not a notebook. In Jupyter, choose File ▸ Download and hand in the "
    ".ipynb file.",
)
WRONG_VERSION = Text(
    fr="Ce fichier n'est pas un notebook au format 3 ou 4 de Jupyter. Ouvre-le dans une version "
    "récente de Jupyter, enregistre-le et rends-le à nouveau.",
    en="This file is not a notebook in Jupyter's format 3 or 4. Open it in a recent version of "
    "Jupyter, save it and hand it in again.",
)


def constant(name: str) -> Text:
    """JSON has no NaN and no Infinity: ``name`` is one of Python's three spellings."""
    return Text(
        fr=f"Le notebook contient la valeur {name}, interdite en JSON. Efface les sorties, "
        "enregistre-le dans Jupyter et rends-le à nouveau.",
        en=f"The notebook holds the value {name}, which JSON forbids. Clear the outputs, save it "
        "in Jupyter and hand it in again.",
    )


def too_many_cells(limit: int) -> Text:
    """More than ``limit`` cells."""
    return Text(
        fr=f"Le notebook a plus de {limit} cellules. Supprime celles qui ne servent pas et "
        "rends-le à nouveau.",
        en=f"The notebook has more than {limit} cells. Delete those that are not needed and hand "
        "it in again.",
    )


def damaged_character(number: int) -> Text:
    """Half a surrogate pair in code cell ``number``."""
    return Text(
        fr=f"La cellule de code n° {number} contient un caractère abîmé (la moitié d'un emoji, par "
        "exemple). Efface-le, enregistre le notebook et rends-le à nouveau.",
        en=f"Code cell {number} holds a damaged character (half of an emoji, for example). Delete "
        "it, save the notebook and hand it in again.",
    )


def long_cell(number: int) -> Text:
    """Code cell ``number`` is too long for code."""
    return Text(
        fr=f"La cellule de code n° {number} dépasse un mégaoctet. Garde seulement le code dans le "
        "notebook, pas les données, et rends-le à nouveau.",
        en=f"Code cell {number} is longer than one megabyte. Keep only code in the notebook, no "
        "data, and hand it in again.",
    )


def which(names: list[str]) -> Text:
    """Several files answer the same tasks; ``names`` are fit to be shown."""
    return Text(
        fr=f"Plusieurs fichiers répondent aussi bien aux exercices ({french_list(names)}) : lequel "
        "faut-il corriger ? Rends seulement celui-là.",
        en=f"Several files answer the tasks equally well ({english_list(names)}): which one is to "
        "be graded? Hand in only that one.",
    )


def french_list(names: list[str]) -> str:
    """The first three names between guillemets."""
    return _some([f"« {name} »" for name in names])


def english_list(names: list[str]) -> str:
    """The first three names between quotation marks."""
    return _some([f"“{name}”" for name in names])


def _some(quoted: list[str]) -> str:
    return ", ".join(quoted[:3]) + (", …" if len(quoted) > 3 else "")


# ---------------------------------------------------------------- archives

_HAND_IN = Text(
    fr="Rends ton notebook (.ipynb) tel quel, ou crée une archive zip qui ne contient que lui.",
    en="Hand in your notebook (.ipynb) as it is, or make a zip archive that holds nothing else.",
)


def _archive(fr: str, en: str) -> Text:
    return Text(fr=f"L'archive {fr}. {_HAND_IN.fr}", en=f"The archive {en}. {_HAND_IN.en}")


ZIP_BROKEN = _archive("zip est abîmée ou incomplète", "is damaged or incomplete")
ZIP_NO_NOTEBOOK = _archive(
    "zip ne contient ni notebook ni script Python", "holds neither a notebook nor a Python script"
)
ZIP_PATH = _archive(
    "zip contient un chemin qui sort de son dossier", "holds a path that leads out of its folder"
)
ZIP_LINK = _archive("zip contient un lien ou un fichier spécial", "holds a link or a special file")
ZIP_ENCRYPTED = _archive("zip est protégée par un mot de passe", "is protected by a password")
ZIP_METHOD = _archive(
    "zip utilise une compression que le correcteur ne lit pas",
    "uses a compression that the grader does not read",
)
ZIP_NESTED = _archive("zip contient une autre archive", "holds another archive")
ZIP_DUPLICATE = _archive("zip contient deux fois le même fichier", "holds the same file twice")
ZIP_ENTRIES = _archive("zip contient trop de fichiers", "holds too many files")
ZIP_SIZE = _archive("zip est trop grosse une fois décompressée", "is too large once unpacked")
