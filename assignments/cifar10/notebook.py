# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] lang="fr"
# # CIFAR-10 : plus de 75 %
#
# Un avion, un chat, un camion… CIFAR-10 contient 60 000 photos en couleurs de 32 × 32 pixels, réparties en dix
# classes : 50 000 pour l'entraînement et 10 000 pour le test. Ici, tout le chemin est à toi : le réseau,
# l'augmentation des images, l'entraînement, les prédictions.
#
# Le correcteur entraîne ton réseau sur les 50 000 images, puis lui montre les 10 000 images de test, **que ton code
# n'a jamais vues** :
#
# | exactitude sur le test | points de l'entraînement |
# |---|---|
# | 60 % ou moins | aucun |
# | entre 60 % et 75 % | une part, qui grandit avec l'exactitude |
# | **75 % et plus** | tous |
# | 85 %, puis 90 % | un bonus |
#
# L'entraînement est **chronométré** : il dispose de vingt fois le temps de la solution de référence, mesuré sur la
# même machine. Dix époques d'un réseau de trois couches de convolution y tiennent ; dix époques d'un VGG, non.
#
# **Les règles, valables partout :**
#
# - Des images sont un tableau `uint8` de forme `(N, 32, 32, 3)`, des classes un tableau de N entiers de 0 à 9.
#   Le réseau, lui, reçoit un tenseur `float32` de forme `(N, 3, 32, 32)`.
# - Une fonction **ne modifie jamais** les tableaux qu'elle reçoit.
# - Le correcteur **mélange les numéros des classes** à chaque fois : des poids appris d'avance ne servent à rien.
# - Ta fonction `train` ne lit aucun fichier et ne télécharge rien ; elle n'a que ses paramètres.
# - Un `DataLoader` garde `num_workers=0`, et le code du notebook reste court : au-delà de 10 ko compressés (environ
#   40 000 caractères), la précision ne compte plus, car il pourrait contenir des poids appris d'avance.
# - Des cellules et des fonctions à toi sont bienvenues, mais ne lance pas de long entraînement hors d'une
#   fonction : chaque cellule est exécutée avant les tests.

# %% [markdown] lang="en"
# # CIFAR-10: more than 75 %
#
# An airplane, a cat, a truck… CIFAR-10 holds 60,000 colour photographs of 32 × 32 pixels in ten classes: 50,000 to
# train on and 10,000 to test on. Here the whole way is yours: the network, the augmentation of the images, the
# training, the predictions.
#
# The grader trains your network on the 50,000 images, then shows it the 10,000 test images, **which your code has
# never seen**:
#
# | accuracy on the test images | points for training |
# |---|---|
# | 60 % or less | none |
# | between 60 % and 75 % | a part, which grows with the accuracy |
# | **75 % and more** | all |
# | 85 %, then 90 % | a bonus |
#
# Training is **timed**: it has twenty times as long as the reference solution takes on the same machine. Ten epochs of
# a network with three convolutional layers fit into that time; ten epochs of a VGG do not.
#
# **The rules, valid everywhere:**
#
# - Images are a `uint8` array of shape `(N, 32, 32, 3)`, classes an array of N integers from 0 to 9. The network
#   itself is given a `float32` tensor of shape `(N, 3, 32, 32)`.
# - A function **never modifies** the arrays it is given.
# - The grader **shuffles the numbers of the classes** each time: weights learnt beforehand are of no use.
# - Your function `train` reads no file and downloads nothing; it has its parameters only.
# - A `DataLoader` keeps `num_workers=0`, and the notebook's code stays short: beyond 10 kB compressed (about 40,000
#   characters) the accuracy no longer counts, since it might hold weights learnt beforehand.
# - Cells and functions of your own are welcome, but start no long training outside a function: every cell is run
#   before the tests.

# %%
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

# %% [markdown] lang="fr"
# ## 0. Donné
#
# `normalise` met des images `uint8` sous la forme que le réseau attend.

# %% [markdown] lang="en"
# ## 0. Given
#
# `normalise` turns `uint8` images into what the network expects.

# %%
MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)  # of CIFAR-10's channels


def normalise(images: np.ndarray, device: str | torch.device) -> torch.Tensor:
    """Turn uint8 (N, 32, 32, 3) into float32 (N, 3, 32, 32) of mean 0 and standard deviation 1."""
    pixels = torch.tensor(np.ascontiguousarray(images), device=device).float() / 255
    mean, std = torch.tensor(MEAN, device=device), torch.tensor(STD, device=device)
    return ((pixels - mean) / std).permute(0, 3, 1, 2)  # in memory, channels stay last


# %% [markdown] lang="fr"
# `Muon` (Jordan et al., 2024) est un optimiseur pour les poids des convolutions. Il avance comme la descente de
# gradient avec inertie, mais rend d'abord la direction **orthogonale** : chaque filtre d'une couche fait alors un pas
# de la même longueur, dans une direction à lui. En peu d'époques, il apprend nettement plus qu'Adam. À toi de voir :
# `torch.optim.SGD` et `torch.optim.Adam` sont permis aussi, et il en faut un des deux pour les biais, la normalisation
# par lots et la couche linéaire, que `Muon` ne prend pas (`p.ndim < 4`).

# %% [markdown] lang="en"
# `Muon` (Jordan et al., 2024) is an optimiser for the weights of convolutions. It moves like gradient descent with
# momentum, but first makes the direction **orthogonal**: each filter of a layer then takes a step of the same length,
# in a direction of its own. In few epochs it learns clearly more than Adam. It is your choice: `torch.optim.SGD` and
# `torch.optim.Adam` are allowed as well, and one of them is needed for the biases, the batch normalisation and the
# linear layer, which `Muon` does not take (`p.ndim < 4`).

# %%
import math


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, made orthogonal; each filter keeps its length.

    For the weights of convolutions, taken as matrices (filters, everything else).
    """

    def __init__(self, weights: list[nn.Parameter], lr: float, momentum: float = 0.6) -> None:
        super().__init__(weights, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """Update every weight once."""
        for group in self.param_groups:
            for weight in group["params"]:
                memory = self.state[weight].setdefault("momentum", torch.zeros_like(weight))
                memory.mul_(group["momentum"]).add_(weight.grad)
                towards = weight.grad + group["momentum"] * memory
                weight.mul_(math.sqrt(len(weight)) / weight.norm())
                weight.sub_(group["lr"] * orthogonal(towards.flatten(1)).view_as(weight))


def orthogonal(matrix: torch.Tensor) -> torch.Tensor:
    """Nearly the orthogonal matrix next to ``matrix``: three Newton-Schulz steps.

    Each step maps every singular value s to 3.4445 s - 4.775 s³ + 2.0315 s⁵, which drives all of
    them towards 1 without ever computing them.
    """
    if len(matrix) > matrix.shape[1]:
        return orthogonal(matrix.T).T
    matrix = matrix / (matrix.norm() + 1e-7)
    for _ in range(3):
        square = matrix @ matrix.T
        matrix = 3.4445 * matrix + (2.0315 * square @ square - 4.775 * square) @ matrix
    return matrix


torch.linalg.svdvals(orthogonal(torch.randn(4, 9)))  # four numbers near 1

# %% [markdown] lang="fr"
# ## 1. Le réseau
#
# Un bon point de départ : trois fois *convolution 3×3 → normalisation par lots → ReLU → max pooling*, puis une couche
# linéaire. Les côtés diminuent (32, 16, 8, 4) pendant que le nombre de canaux grandit (24, 48, 96, par exemple).
#
# La **normalisation par lots** (*batch norm*, `nn.BatchNorm2d`) ramène chaque canal à une moyenne de 0 et un
# écart type de 1 sur le lot, puis apprend elle-même l'échelle $\gamma$ et le décalage $\beta$ qui conviennent :
#
# $$y = \gamma \, \frac{x - \mu_{\text{lot}}}{\sqrt{\sigma_{\text{lot}}^2 + \varepsilon}} + \beta$$
#
# Les couches suivantes reçoivent alors des valeurs toujours à la même échelle, et l'on peut apprendre avec un pas
# bien plus grand. Le biais de la convolution qui précède devient inutile (`bias=False`) : $\beta$ le remplace.
#
# Place la normalisation *après* le pooling : elle travaille alors sur quatre fois moins de valeurs.
#
# **À écrire :** `build_model()`, qui renvoie un `nn.Module` non entraîné. Pour une entrée `(N, 3, 32, 32)`, sa sortie
# est de forme `(N, 10)` : des logits, sans softmax (`F.cross_entropy` s'en charge).

# %% [markdown] lang="en"
# ## 1. The network
#
# A good start: three times *3×3 convolution → batch normalisation → ReLU → max pooling*, then a linear layer. The
# sides shrink (32, 16, 8, 4) while the number of channels grows (24, 48, 96, say).
#
# **Batch normalisation** (*batch norm*, `nn.BatchNorm2d`) brings each channel to a mean of 0 and a standard deviation
# of 1 over the batch, then learns by itself which scale $\gamma$ and which shift $\beta$ suit it:
#
# $$y = \gamma \, \frac{x - \mu_{\text{batch}}}{\sqrt{\sigma_{\text{batch}}^2 + \varepsilon}} + \beta$$
#
# The layers that follow then always see values on the same scale, and much larger steps can be taken. The bias of the
# convolution before it becomes useless (`bias=False`): $\beta$ takes its place.
#
# Put the normalisation *after* the pooling: it then works on four times fewer values.
#
# **To write:** `build_model()`, which returns an untrained `nn.Module`. For an input `(N, 3, 32, 32)` its output has
# the shape `(N, 10)`: logits, without softmax (`F.cross_entropy` takes care of it).

# %% task="build_model"

# %% [markdown] lang="fr"
# ## 2. Augmenter les images
#
# Un chat vu dans un miroir reste un chat, et un chat décalé de deux pixels aussi. En montrant au réseau des images
# un peu différentes à chaque époque, on l'empêche de les apprendre par cœur : c'est l'**augmentation**.
#
# ![Une image, son reflet, et deux décalages dont le bord est rempli par réflexion](figures/augmentation.svg)
#
# - **Reflet** : inverse l'axe des colonnes d'une image sur deux environ (mais jamais haut et bas : un camion sur le
#   toit est rare).
# - **Décalage** : ajoute un bord (`np.pad(…, mode="reflect")` remplit par réflexion), puis découpe une fenêtre de
#   32 × 32 à un endroit tiré au hasard.
#
# **À écrire :** `augment(images, rng)`, de `uint8` `(N, 32, 32, 3)` à un nouveau tableau du même type et de la même
# forme. Chaque image reste à sa place dans le lot, puisque sa classe est au même endroit dans `labels`.
#
# `rng` est un générateur de NumPy (`np.random.default_rng(3)`, par exemple). **Tout** le hasard vient de lui :
# `rng.random(N) < 0.5`, `rng.integers(0, 5, size=N)`… Deux générateurs de même graine donnent les mêmes images.
#
# **À surveiller :** tirer un seul nombre pour tout le lot ne suffit pas, chaque image a droit au sien. Une boucle
# sur 50 000 images est lente ; `np.where` et l'indexation par tableaux font tout d'un coup.

# %% [markdown] lang="en"
# ## 2. Augmenting the images
#
# A cat seen in a mirror is still a cat, and so is a cat moved by two pixels. Showing the network slightly different
# images in each epoch keeps it from learning them by heart: this is **augmentation**.
#
# ![An image, its mirror image, and two shifts whose border is filled by reflection](figures/augmentation.svg)
#
# - **Mirror**: reverse the axis of columns for about one image in two (but never top and bottom: a truck on its roof
#   is rare).
# - **Shift**: add a border (`np.pad(…, mode="reflect")` fills it by reflection), then cut out a window of 32 × 32 in a
#   place drawn at random.
#
# **To write:** `augment(images, rng)`, from `uint8` `(N, 32, 32, 3)` to a new array of the same type and shape. Each
# image keeps its place in the batch, since its class is in the same place in `labels`.
#
# `rng` is a NumPy generator (`np.random.default_rng(3)`, for example). **All** chance comes from it:
# `rng.random(N) < 0.5`, `rng.integers(0, 5, size=N)`… Two generators with the same seed give the same images.
#
# **Watch out:** drawing one number for the whole batch is not enough, each image has a right to its own. A loop over
# 50,000 images is slow; `np.where` and indexing with arrays do everything at once.

# %% task="augment"

# %% [markdown] lang="fr"
# ## 3. Entraîner
#
# **À écrire :** `train(images, labels, device, seed)`, qui construit un réseau avec `build_model`, l'entraîne sur
# `device` (`"cpu"` ou `"cuda"`) et le renvoie. `seed` fixe tout le hasard : `torch.manual_seed` pour les
# poids de départ, `np.random.default_rng(seed)` pour l'ordre des images et pour `augment`. Avec la même graine, on
# obtient le même réseau.
#
# Les images arrivent en `uint8` : appelle `normalise` un lot à la fois, car les 50 000 images d'un coup prendraient
# 600 Mo.
#
# **Le taux d'apprentissage** décide de presque tout quand le temps est compté. Au début, les poids sont au hasard et de
# trop grands pas les égarent ; au milieu, de grands pas avancent vite ; à la fin, seuls de petits pas affinent. D'où un
# triangle : monter pendant les premiers 20 % environ, puis descendre jusqu'à zéro.
#
# ![Le taux d'apprentissage monte puis descend en ligne droite ; le coût baisse et se stabilise à la fin](figures/schedule.svg)
#
# `torch.optim.lr_scheduler.OneCycleLR` fait cela ; appelle `scheduler.step()` après **chaque lot**. Un réseau
# entraîné à taux constant perd souvent plusieurs points.
#
# **Mesurer sans tricher.** Les images de test ne servent qu'à la fin, dans le correcteur. Pour choisir le réseau, le taux
# ou le nombre d'époques, mets de côté une partie des images d'entraînement : c'est l'ensemble de **validation**.
#
# ![50 000 images coupées en 45 000 pour apprendre et 5 000 pour choisir ; 10 000 restent cachées](figures/split.svg)
#
# Si l'on choisissait d'après les images de test, leur exactitude deviendrait trop belle : on aurait appris l'examen.
# Une fois le choix fait, `train` peut apprendre sur toutes les images reçues.
#
# **Des idées, de la moins chère à la plus chère :**
#
# 1. taux en triangle, puis sa hauteur (double-le, divise-le par deux) ;
# 2. des lots plus petits (64 à 256) : plus de pas pour le même calcul ;
# 3. lissage des étiquettes : `F.cross_entropy(…, label_smoothing=0.1)` ;
# 4. `model.to(memory_format=torch.channels_last)` : le même calcul, souvent plus rapide sur un processeur ;
# 5. des convolutions de plus là où les cartes sont petites (8×8, 4×4) : elles y coûtent peu ;
# 6. plus de canaux, plus d'époques.
#
# **À surveiller :** `model.train()` avant la boucle, `zero_grad` à chaque lot, et peu d'images (12, par exemple) doivent
# passer aussi.

# %% [markdown] lang="en"
# ## 3. Training
#
# **To write:** `train(images, labels, device, seed)`, which builds a network with `build_model`, trains it on `device`
# (`"cpu"` or `"cuda"`) and returns it. `seed` settles all chance: `torch.manual_seed` for the first weights,
# `np.random.default_rng(seed)` for the order of the images and for `augment`. The same seed gives the same network.
#
# Images come as `uint8`: call `normalise` one batch at a time, as all 50,000 images at once would take 600 MB.
#
# **The learning rate** decides almost everything when time is short. At the start the weights are random and steps that
# are too large lead them astray; in the middle, large steps get ahead quickly; at the end, only small steps refine.
# Hence a triangle: up during the first 20 % or so, then down to zero.
#
# ![The learning rate goes up, then down in a straight line; the loss falls and settles at the end](figures/schedule.svg)
#
# `torch.optim.lr_scheduler.OneCycleLR` does this; call `scheduler.step()` after **each batch**. A network trained at a
# constant rate often loses several points.
#
# **Measuring without cheating.** The test images are used only at the end, by the grader. To choose the network, the rate
# or the number of epochs, put a part of the training images aside: the **validation** set.
#
# ![50,000 images cut into 45,000 to learn from and 5,000 to choose by; 10,000 stay hidden](figures/split.svg)
#
# If the choice were made by the test images, their accuracy would look too good: one would have learnt the exam. Once the
# choice is made, `train` may learn from all the images it is given.
#
# **Ideas, from the cheapest to the dearest:**
#
# 1. a triangular rate, then its height (double it, halve it);
# 2. smaller batches (64 to 256): more steps for the same computation;
# 3. label smoothing: `F.cross_entropy(…, label_smoothing=0.1)`;
# 4. `model.to(memory_format=torch.channels_last)`: the same computation, often faster on a processor;
# 5. more convolutions where the maps are small (8×8, 4×4): they cost little there;
# 6. more channels, more epochs.
#
# **Watch out:** `model.train()` before the loop, `zero_grad` for each batch, and few images (12, say) must pass as well.

# %% task="train"

# %% [markdown] lang="fr"
# ## 4. Prédire
#
# **À écrire :** `predict(model, images)`, qui renvoie un tableau de N numéros de classe, pour N images `uint8`.
#
# - `eval()` : la normalisation par lots se sert alors de ses moyennes apprises. Sans cela, la classe d'une image
#   dépendrait de ses voisines dans le lot.
# - `torch.no_grad()` : rien n'est retenu pour la rétropropagation, et la mémoire suffit.
# - Avance par morceaux (500 images, par exemple) : le dernier peut être plus court.
# - Les images vont sur l'appareil du réseau (`next(model.parameters()).device`), la réponse revient en NumPy
#   (`.cpu().numpy()`).
#
# **Un point de plus, presque gratuit :** additionne les scores de l'image et ceux de son reflet avant l'`argmax`.

# %% [markdown] lang="en"
# ## 4. Predicting
#
# **To write:** `predict(model, images)`, which returns an array of N class numbers for N `uint8` images.
#
# - `eval()`: batch normalisation then uses the means it has learnt. Without it, the class of an image would depend
#   on its neighbours in the batch.
# - `torch.no_grad()`: nothing is kept for backpropagation, and memory suffices.
# - Go piece by piece (500 images, say): the last one may be shorter.
# - The images go to the network's device (`next(model.parameters()).device`), the answer comes back as NumPy
#   (`.cpu().numpy()`).
#
# **One more point, almost free:** add the scores of the image and those of its mirror image before the `argmax`.

# %% task="predict"
