"""Reference solution of the assignment ``questions``.

The written answers are texts, one a language; a person marks a student's by the mark scheme in
``assignment.yaml``. The multiple-choice items are functions that return a letter.
"""

from __future__ import annotations

why_fewer_parameters = {
    "fr": """
La convolution apprend 3 × 3 × 3 = 27 poids et 1 biais, soit 28 nombres. La couche dense relie
chacune des 28 × 28 × 3 = 2 352 entrées à chacune des 784 sorties : 1 843 968 poids, et 784 biais.
Les connexions sont locales : une sortie ne lit qu'un voisinage de 3 × 3 pixels. Les poids sont
partagés : le même filtre sert à toutes les positions, si bien que leur nombre ne dépend pas de la
taille de l'image.
""",
    "en": """
The convolution learns 3 × 3 × 3 = 27 weights and 1 bias, that is 28 numbers. The dense layer
links each of the 28 × 28 × 3 = 2,352 inputs to each of the 784 outputs: 1,843,968 weights, and
784 biases. Connections are local: an output reads only a neighbourhood of 3 × 3 pixels. Weights
are shared: the same filter serves at every position, so their number does not depend on the size
of the image.
""",
}

pooling_intuition = {
    "fr": """
Une grande valeur dit que le motif du filtre est bien présent à cet endroit. Le maximum d'une
fenêtre répond donc à la question « le motif est-il quelque part ici ? » et oublie la position
exacte. Les deux fenêtres donnent 4. Ce n'est vrai que tant que le motif reste dans sa fenêtre :
un pixel qui passe de la dernière colonne d'une fenêtre à la première de la suivante change de
case dans la sortie.
""",
    "en": """
A large value says that the filter's pattern is clearly present at that place. So the maximum of a
window answers the question “is the pattern somewhere in here?” and forgets the exact position.
Both windows give 4. This holds only while the pattern stays in its window: a pixel that passes
from the last column of one window to the first of the next moves to another entry of the output.
""",
}

valid_or_same = {
    "fr": """
En « valid », rien n'est ajouté et le noyau reste dans l'image : la sortie mesure n − k + 1. En «
same », ⌊k/2⌋ zéros de chaque côté (2 pour k = 5) gardent la taille, avec un stride de 1. Trois
convolutions 5×5 mènent de 32 à 28, 24, puis 20 pixels en « valid » ; on reste à 32×32 en « same
». Je prends « same » pour empiler beaucoup de couches sans perdre les bords, « valid » quand des
zéros inventés au bord gêneraient.
""",
    "en": """
With “valid” nothing is added and the kernel stays inside the image: the output measures n − k +
1. With “same”, ⌊k/2⌋ zeros on each side (2 for k = 5) keep the size at stride 1. Three 5×5
convolutions lead from 32 to 28, 24, then 20 pixels with “valid”; with “same” it stays at 32×32. I
take “same” to stack many layers without losing the borders, “valid” where invented zeros at the
edge would do harm.
""",
}

why_3x3 = {
    "fr": """
Deux convolutions 3×3 voient ensemble 5×5 pixels. Elles ont 2 × 9 C² = 18 C² poids, contre 25 C²
pour une seule convolution 5×5 : 28 % de moins, en poids comme en calculs. Il y a de plus une ReLU
entre les deux, donc une fonction plus riche. Un filtre 2×2 n'a pas de centre : on ne peut pas
l'entourer d'autant de zéros de chaque côté.
""",
    "en": """
Together, two 3×3 convolutions see 5×5 pixels. They have 2 × 9 C² = 18 C² weights, against 25 C²
for a single 5×5 convolution: 28 % fewer, in weights as in work. There is also a ReLU between the
two, hence a richer function. A 2×2 filter has no centre: it cannot be padded by as many zeros on
each side.
""",
}

why_skip_connections = {
    "fr": """
Un réseau sans raccourcis auquel on ajoutait des couches finissait avec une erreur d'entraînement
plus grande : l'optimisation échouait, ce n'était pas du surapprentissage. Un bloc résiduel
calcule y = F(x) + x ; pour ne rien changer, il lui suffit d'apprendre F = 0. Par la dérivée,
∂L/∂x = ∂L/∂y · (∂F/∂x + 1) : même si ∂F/∂x est presque nul, le gradient passe par le « + 1 ». Là
où les formes diffèrent, une convolution 1×1 adapte x avant la somme.
""",
    "en": """
A network without shortcuts to which layers were added ended with a larger training error:
optimisation failed, it was not overfitting. A residual block computes y = F(x) + x; to change
nothing it only has to learn F = 0. By the derivative, ∂L/∂x = ∂L/∂y · (∂F/∂x + 1): even where
∂F/∂x is almost zero, the gradient goes through the “+ 1”. Where the shapes differ, a 1×1
convolution adapts x before the sum.
""",
}

extraction_or_fine_tuning = {
    "fr": """
Dans une feature extraction, le backbone est gelé et seule la nouvelle tête apprend. Dans un fine-
tuning, une partie ou la totalité du backbone apprend aussi, à partir des poids d'ImageNet. Son
taux d'apprentissage est petit, sinon les premiers pas détruiraient ce que ces poids savent déjà.
Avec 400 photos, je commence par la feature extraction : 1 026 nombres à apprendre, peu de
surapprentissage. Ensuite, je dégèle les dernières couches si les images de validation le
permettent.
""",
    "en": """
In feature extraction the backbone is frozen and only the new head learns. In fine-tuning, part or
all of the backbone learns too, starting from the weights of ImageNet. Its learning rate is small,
or the first steps would destroy what these weights know already. With 400 photos I start with
feature extraction: 1,026 numbers to learn, little overfitting. After that I unfreeze the last
layers if the validation images allow it.
""",
}

why_pooling = {
    "fr": """
Sans pooling, la couche dense a 28 × 28 × 32 × 4 = 100 352 poids ; après lui, 14 × 14 × 32 × 4 =
25 088. Quatre fois moins de valeurs, c'est moins de calculs et de mémoire dans toutes les couches
suivantes. La couche dense apprend moins de poids, donc surapprend moins ; le pooling lui-même
n'en apprend aucun. Un petit décalage du motif ne change presque pas la sortie. Et chaque valeur
qui suit regarde une plus grande zone de l'image.
""",
    "en": """
Without pooling the dense layer has 28 × 28 × 32 × 4 = 100,352 weights; with it, 14 × 14 × 32 × 4
= 25,088. Four times fewer values mean less work and memory in all layers that follow. The dense
layer learns fewer weights, so it overfits less; pooling itself learns none. A small shift of the
pattern hardly changes the output. And each value after it looks at a larger area of the image.
""",
}


def quiz_output_size() -> str:
    """28 - 3 + 1 = 26, then 26 // 2 = 13."""
    return "b"


def quiz_parameters() -> str:
    """(3 * 3 * 3 + 1) * 64 = 1,792."""
    return "d"


def quiz_max_gradient() -> str:
    """Only the maximum, 5, receives the gradient."""
    return "c"


def quiz_receptive_field() -> str:
    """3 + 2 * 2 = 7: the second layer's neighbours are two pixels apart."""
    return "a"


def quiz_skip_gradient() -> str:
    """The shortcut's derivative is 1."""
    return "d"


def quiz_frozen_weights() -> str:
    """512 * 2 weights and 2 biases."""
    return "b"
