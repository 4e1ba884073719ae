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
# # ResNet : des réseaux profonds qui apprennent
#
# Plus de couches, c'est plus d'expressivité. Pourtant, jusqu'en 2015, un réseau de 50 couches apprenait **moins bien** qu'un
# réseau de 20, même sur ses données d'apprentissage : ce n'est pas du surapprentissage, c'est l'optimisation qui
# échoue. ResNet a réglé le problème avec une addition. Tu écris cette brique, puis deux réseaux faits de cette
# brique, puis le même réseau **sans** elle, et tu compares.
#
# **Les règles, valables partout :**
#
# - Les images forment un tenseur de forme `(lot, canaux, hauteur, largeur)`.
# - Chaque fonction `build_…` **renvoie** un nouveau modèle, un `nn.Module`, sur le CPU et sans l'entraîner.
# - Les modèles renvoient des **logits**, de forme `(lot, num_classes)` : pas de softmax à la fin.
# - Le style est libre : `nn.Sequential` ou une classe à toi, `F.relu` ou `nn.ReLU`, les noms d'attributs que tu veux.
#   On compare ce que tes réseaux **calculent**, en mode apprentissage (`train()`) et en mode évaluation (`eval()`).
# - Tu peux ajouter des cellules, des fonctions et des classes. Garde seulement les noms et les paramètres de l'énoncé.
#
# Après chaque exercice, une cellule vérifie les exemples de l'énoncé. La note vient de ces exemples et d'autres
# tests, sur des données que tu ne vois pas. Les tests tournent une fois que **toutes** les cellules ont été exécutées :
# si une cellule plus bas reprend le nom d'une de tes fonctions, cette fonction ne marche plus.

# %% [markdown] lang="en"
# # ResNet: deep networks that learn
#
# More layers can express more. Yet until 2015, a network of 50 layers learned **less well** than one of 20, even on its
# own training data: this is not overfitting, it is the optimisation that fails. ResNet solved the problem with an
# addition. You write this building block, then two networks made of it, then the same network **without** it,
# and you compare.
#
# **The rules, valid everywhere:**
#
# - Images are a tensor of shape `(batch, channels, height, width)`.
# - Each function `build_…` **returns** a new model, an `nn.Module`, on the CPU and not trained.
# - The models return **logits** of shape `(batch, num_classes)`: no softmax at the end.
# - The style is free: `nn.Sequential` or a class of your own, `F.relu` or `nn.ReLU`, whatever attribute names you like.
#   What your networks **compute** is compared, in training mode (`train()`) and in evaluation mode (`eval()`).
# - You may add cells, functions and classes. Just keep the names and parameters of the exercises.
#
# After each exercise, a cell checks the examples of the text. The grade comes from these examples and from
# other tests, on data you don't see. The tests run after **all** cells have run: if a later cell reuses the name of
# one of your functions, that function breaks.

# %%
import torch
from torch import nn
from torch.nn import functional as F

# %% [markdown] lang="fr"
# ## 1. Le bloc résiduel
#
# Deux convolutions devraient apprendre une transformation $\mathcal{H}(\mathbf{x})$. Au lieu de cela, elles apprennent ce qu'il
# faut **ajouter** à l'entrée, le résidu $\mathcal{F}(\mathbf{x}) = \mathcal{H}(\mathbf{x}) - \mathbf{x}$. C'est l'équation (14) du cours :
#
# $$\mathbf{y} = \mathrm{ReLU}\big(\mathcal{F}(\mathbf{x}) + \mathbf{x}\big)$$
#
# Si une couche ne sert à rien, il suffit que $\mathcal{F}$ vaille 0 : le bloc laisse passer son entrée. Et l'addition laisse passer le
# gradient : $\frac{\partial}{\partial \mathbf{x}}(\mathcal{F}(\mathbf{x}) + \mathbf{x}) = \mathcal{F}'(\mathbf{x}) + 1$.
#
# ![En haut, x s'ajoute tel quel après conv, BN, ReLU, conv, BN. En bas, x passe d'abord par une convolution 1×1 et une BN](figures/block.svg)
#
# **En haut**, l'entrée et la sortie ont la même forme : x s'ajoute tel quel, ce raccourci n'a **aucun paramètre**.
#
# **En bas**, la forme change (le nombre de canaux, ou la taille, ou les deux) et l'addition serait impossible. Une convolution 1×1
# **de même stride** (« /2 » sur le dessin), suivie d'une normalisation, donne alors à x la bonne forme.
#
# | couche | détails |
# |---|---|
# | convolution 1 | 3×3, padding 1, `stride`, de `in_channels` vers `out_channels` |
# | convolution 2 | 3×3, padding 1, stride 1, de `out_channels` vers `out_channels` |
# | raccourci, **seulement** si la forme change | 1×1, sans padding, `stride`, de `in_channels` vers `out_channels` |
#
# Chaque convolution est suivie d'une `nn.BatchNorm2d`. La normalisation soustrait la moyenne de chaque canal : un biais juste avant
# disparaîtrait aussitôt. Toutes les convolutions ont donc **`bias=False`** ; le nombre de paramètres ne laisse pas d'autre choix.
#
# **Exemples :** `ResidualBlock(16, 16)` a $2 \cdot 9 \cdot 16 \cdot 16 + 2 \cdot (2 \cdot 16) = 4\,672$ paramètres.
# `ResidualBlock(16, 32, 2)` en a $9 \cdot 16 \cdot 32 + 9 \cdot 32 \cdot 32 + 16 \cdot 32 + 3 \cdot (2 \cdot 32) = 14\,528$, et change la forme
# $(16, 8, 8)$ en $(32, 4, 4)$.
#
# **À écrire :** la classe `ResidualBlock(in_channels, out_channels, stride=1)` : ses couches dans `__init__`, le calcul dans `forward`.
#
# **À surveiller :**
#
# - La deuxième normalisation vient **avant** l'addition, la dernière ReLU **après**.
# - `x += …` écrit dans le tenseur reçu, dont la rétropropagation a encore besoin. `out += …` sur ton propre résultat ne gêne pas.

# %% [markdown] lang="en"
# ## 1. The residual block
#
# Two convolutions are to learn a transformation $\mathcal{H}(\mathbf{x})$. Instead, they learn what must be **added** to the
# input, the residual $\mathcal{F}(\mathbf{x}) = \mathcal{H}(\mathbf{x}) - \mathbf{x}$. This is equation (14) of the course:
#
# $$\mathbf{y} = \mathrm{ReLU}\big(\mathcal{F}(\mathbf{x}) + \mathbf{x}\big)$$
#
# If a layer is of no use, it is enough that $\mathcal{F}$ be 0: the block lets its input through. And the addition lets the gradient
# through: $\frac{\partial}{\partial \mathbf{x}}(\mathcal{F}(\mathbf{x}) + \mathbf{x}) = \mathcal{F}'(\mathbf{x}) + 1$.
#
# ![At the top, x is added as it is after conv, BN, ReLU, conv, BN. At the bottom, x first goes through a 1×1 convolution and BN](figures/block.svg)
#
# **At the top**, input and output have the same shape: x is added as it is, and this shortcut has **no parameters**.
#
# **At the bottom**, the shape changes (the number of channels, or the size, or both) and the addition would be impossible.
# A 1×1 convolution **of the same stride** (“/2” in the drawing), followed by a normalisation, then gives x the right shape.
#
# | layer | details |
# |---|---|
# | convolution 1 | 3×3, padding 1, `stride`, from `in_channels` to `out_channels` |
# | convolution 2 | 3×3, padding 1, stride 1, from `out_channels` to `out_channels` |
# | shortcut, **only** if the shape changes | 1×1, no padding, `stride`, from `in_channels` to `out_channels` |
#
# Each convolution is followed by an `nn.BatchNorm2d`. The normalisation takes each channel's mean away: a bias just before it would
# vanish at once. All convolutions therefore have **`bias=False`**; the number of parameters leaves no other choice.
#
# **Examples:** `ResidualBlock(16, 16)` has $2 \cdot 9 \cdot 16 \cdot 16 + 2 \cdot (2 \cdot 16) = 4{,}672$ parameters.
# `ResidualBlock(16, 32, 2)` has $9 \cdot 16 \cdot 32 + 9 \cdot 32 \cdot 32 + 16 \cdot 32 + 3 \cdot (2 \cdot 32) = 14{,}528$ of them, and turns the shape
# $(16, 8, 8)$ into $(32, 4, 4)$.
#
# **To write:** the class `ResidualBlock(in_channels, out_channels, stride=1)`: its layers in `__init__`, the computation in `forward`.
#
# **Watch out:**
#
# - The second normalisation comes **before** the addition, the last ReLU **after** it.
# - `x += …` writes into the tensor you are given, which backpropagation still needs. `out += …` on a result of your own does no harm.

# %% task="ResidualBlock"

# %% [markdown] lang="fr"
# ## 2. Un petit ResNet
#
# Un réseau résiduel est une **tige** (*stem*), puis des **étages** de blocs. Le premier bloc d'un étage divise la taille par deux (stride 2) et double les
# canaux ; le suivant garde la forme. À la fin, la **moyenne globale** (*global average pooling*) résume chaque carte par un nombre : le
# réseau accepte ainsi des images de toute taille.
#
# | partie | sortie pour une image 32×32 | paramètres |
# |---|---|---|
# | convolution 3×3 (stride 1, padding 1), BN, ReLU | $64 \times 32 \times 32$ | 1 856 |
# | 2 blocs, stride 1 | $64 \times 32 \times 32$ | 147 968 |
# | 2 blocs, stride 2 dans le premier | $128 \times 16 \times 16$ | 525 568 |
# | 2 blocs, stride 2 dans le premier | $256 \times 8 \times 8$ | 2 099 712 |
# | moyenne globale | $256$ | 0 |
# | couche entièrement connectée, avec biais | `num_classes` | 2 570 pour 10 classes |
#
# **À écrire :** `build_tiny_resnet(num_classes=10)`, 2 777 674 paramètres pour 10 classes. L'entrée a 3 canaux.

# %% [markdown] lang="en"
# ## 2. A tiny ResNet
#
# A residual network is a **stem**, then **stages** of blocks. The first block of a stage halves the size (stride 2) and doubles the channels; the next one
# keeps the shape. At the end, **global average pooling** summarises each map by one number: so the network accepts images of any size.
#
# | part | output for a 32×32 image | parameters |
# |---|---|---|
# | 3×3 convolution (stride 1, padding 1), BN, ReLU | $64 \times 32 \times 32$ | 1,856 |
# | 2 blocks, stride 1 | $64 \times 32 \times 32$ | 147,968 |
# | 2 blocks, stride 2 in the first | $128 \times 16 \times 16$ | 525,568 |
# | 2 blocks, stride 2 in the first | $256 \times 8 \times 8$ | 2,099,712 |
# | global average | $256$ | 0 |
# | fully-connected layer, with bias | `num_classes` | 2,570 for 10 classes |
#
# **To write:** `build_tiny_resnet(num_classes=10)`, 2,777,674 parameters for 10 classes. The input has 3 channels.

# %% task="build_tiny_resnet"

# %% [markdown] lang="fr"
# ## 3. ResNet-18
#
# Quatre étages de deux blocs, soit seize convolutions 3×3, plus la tige et la dernière couche : **18 couches** avec des poids (on ne compte pas
# les convolutions 1×1 des raccourcis).
#
# ![Dix-sept convolutions à la suite ; des arcs en enjambent deux à la fois, en pointillés là où la forme change. Au-dessous, les mêmes sans arcs](figures/stages.svg)
#
# Le ResNet-18 d'origine est fait pour des images de 224 pixels : il commence par une convolution 7×7 de stride 2 et un max pooling. D'une image de
# 32 pixels, il ne resterait presque rien. Ici, la tige est celle de l'exercice 2, **sans max pooling** :
#
# | étage | canaux | taille pour une image 32×32 |
# |---|---|---|
# | tige | 64 | 32×32 |
# | 1 | 64 | 32×32 |
# | 2 | 128 | 16×16 |
# | 3 | 256 | 8×8 |
# | 4 | 512 | 4×4 |
#
# Puis la moyenne globale et la couche entièrement connectée.
#
# **À écrire :** `build_resnet18(num_classes=10)`, 11 173 962 paramètres pour 10 classes, à partir de ton bloc.

# %% [markdown] lang="en"
# ## 3. ResNet-18
#
# Four stages of two blocks make sixteen 3×3 convolutions; with the stem and the last layer these are **18 layers** with weights (the 1×1
# convolutions of the shortcuts are not counted).
#
# ![Seventeen convolutions in a row; arcs leap over two at a time, dashed where the shape changes. Below, the same without arcs](figures/stages.svg)
#
# The original ResNet-18 is made for images of 224 pixels: it starts with a 7×7 convolution of stride 2 and a max pooling. Almost nothing would be left
# of an image of 32 pixels. Here the stem is the one of exercise 2, **without max pooling**:
#
# | stage | channels | size for a 32×32 image |
# |---|---|---|
# | stem | 64 | 32×32 |
# | 1 | 64 | 32×32 |
# | 2 | 128 | 16×16 |
# | 3 | 256 | 8×8 |
# | 4 | 512 | 4×4 |
#
# Then the global average and the fully-connected layer.
#
# **To write:** `build_resnet18(num_classes=10)`, 11,173,962 parameters for 10 classes, from your block.

# %% task="build_resnet18"

# %% [markdown] lang="fr"
# ## 4. La même profondeur, sans raccourcis
#
# Pour savoir ce que l'addition apporte, il faut un témoin : les **mêmes** dix-sept convolutions 3×3, avec les mêmes canaux et les mêmes strides,
# chacune suivie de BN puis de ReLU, mais **rien** ne s'ajoute. C'est la deuxième ligne du dessin. Comme il n'y a plus de raccourcis, leurs
# convolutions 1×1 disparaissent aussi :
#
# $$11\,173\,962 - (64 \cdot 128 + 2 \cdot 128) - (128 \cdot 256 + 2 \cdot 256) - (256 \cdot 512 + 2 \cdot 512) = 11\,000\,138$$
#
# **À écrire :** `build_plain18(num_classes=10)`. La tige, la moyenne globale et la dernière couche restent celles de ResNet-18.

# %% [markdown] lang="en"
# ## 4. The same depth, without shortcuts
#
# To know what the addition brings, a control is needed: the **same** seventeen 3×3 convolutions, with the same channels and the same strides,
# each followed by BN and then ReLU, but **nothing** is added. This is the second row of the drawing. As there are no shortcuts any more, their
# 1×1 convolutions are gone as well:
#
# $$11{,}173{,}962 - (64 \cdot 128 + 2 \cdot 128) - (128 \cdot 256 + 2 \cdot 256) - (256 \cdot 512 + 2 \cdot 512) = 11{,}000{,}138$$
#
# **To write:** `build_plain18(num_classes=10)`. The stem, the global average and the last layer remain those of ResNet-18.

# %% task="build_plain18"

# %% [markdown] lang="fr"
# ## 5. Comparer
#
# ### Le gradient, couche par couche
#
# On envoie un lot d'images au hasard dans chacun de tes deux réseaux de 18 couches, à peine construits, et on mesure la norme du gradient de
# chaque convolution 3×3. Pour que toutes les couches apprennent au même rythme, la courbe devrait être plate.

# %% [markdown] lang="en"
# ## 5. Comparing
#
# ### The gradient, layer by layer
#
# A batch of random images goes through each of your two networks of 18 layers, freshly built, and the norm of the gradient of each 3×3
# convolution is measured. For all layers to learn at the same pace, the curve should be flat.

# %% tags=["figure"]
import matplotlib.pyplot as plt


def gradient_norms(model, images, labels):
    F.cross_entropy(model.train()(images), labels).backward()
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Conv2d)]
    return [float(layer.weight.grad.norm()) for layer in layers if layer.kernel_size == (3, 3)]


torch.manual_seed(0)
images, labels = torch.randn(16, 3, 16, 16), torch.randint(10, (16,))
figure, axis = plt.subplots(figsize=(7, 3))
for build in (build_resnet18, build_plain18):
    norms = gradient_norms(build(), images, labels)
    axis.plot(range(1, len(norms) + 1), norms, marker="o", label=build.__name__)
    print(f"{build.__name__:15} {norms[0]:8.2f} {norms[1]:8.2f} … {norms[-1]:8.2f}")
axis.set_xlabel("conv")
axis.set_ylabel("‖∇W‖")
axis.set_ylim(bottom=0)
axis.legend()
plt.show()

# %% [markdown] lang="fr"
# ### Le gradient, selon la profondeur
#
# À 18 couches, l'écart est modeste. Voici des réseaux plus étroits (12 canaux), mais de plus en plus profonds : la norme du gradient de la **première**
# convolution, avec tes blocs et sans raccourcis. L'échelle est logarithmique.

# %% [markdown] lang="en"
# ### The gradient, by depth
#
# At 18 layers, the gap is modest. Here are narrower networks (12 channels), but deeper and deeper: the norm of the gradient of the **first**
# convolution, with your blocks and without shortcuts. The scale is logarithmic.

# %% tags=["figure"]
import matplotlib.pyplot as plt


def narrow(blocks, skips, width=12):
    def convolution(channels):
        return [
            nn.Conv2d(channels, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
        ]

    layers = convolution(3)
    for _ in range(blocks):
        layers += [ResidualBlock(width, width)] if skips else 2 * convolution(width)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10))


torch.manual_seed(0)
images, labels = torch.randn(32, 3, 12, 12), torch.randint(10, (32,))
sizes = (2, 4, 8, 16, 32)
depths = [2 * blocks + 2 for blocks in sizes]
with_skips, without = (
    [gradient_norms(narrow(blocks, skips), images, labels)[0] for blocks in sizes]
    for skips in (True, False)
)
for depth, first, second in zip(depths, with_skips, without):
    print(f"{depth:3} {first:12.2f} {second:12.2f}")
figure, axis = plt.subplots(figsize=(7, 3))
axis.semilogy(depths, with_skips, marker="o", label="F(x) + x")
axis.semilogy(depths, without, marker="o", label="F(x)")
axis.set_xlabel("depth")
axis.set_ylabel("‖∇W₁‖")
axis.legend()
plt.show()

# %% [markdown] lang="fr"
# Sans raccourcis, le gradient est multiplié à chaque couche par un facteur un peu plus grand que 1 (c'est l'effet de la normalisation ; sans elle, il
# **s'évanouirait**). Avec les raccourcis, il reste du même ordre.
#
# ### L'apprentissage
#
# Une petite tâche qui tient dans le notebook : reconnaître, sous le bruit, dix sortes de rayures (cinq directions, deux largeurs). Quatre réseaux
# étroits, 80 pas de descente de gradient chacun ; compte une demi-minute.

# %% [markdown] lang="en"
# Without shortcuts, the gradient is multiplied at each layer by a factor slightly above 1 (the effect of the normalisation; without it, it would
# **vanish**). With shortcuts, it keeps its order of magnitude.
#
# ### Training
#
# A small task that fits into the notebook: telling ten kinds of stripes apart under noise (five directions, two widths). Four narrow networks,
# 80 steps of gradient descent each; allow half a minute.

# %% tags=["figure"]
import math

import matplotlib.pyplot as plt


def stripes(count, side=12):
    kinds = torch.randint(10, (count,))
    angle, frequency = (kinds % 5) * math.pi / 5, torch.where(kinds < 5, 0.9, 1.8)
    rows = torch.arange(side)[:, None]
    columns = torch.arange(side)[None, :]
    across = torch.cos(angle)[:, None, None] * rows + torch.sin(angle)[:, None, None] * columns
    phase = 2 * math.pi * torch.rand(count, 1, 1)
    waves = torch.cos(frequency[:, None, None] * across + phase)
    return waves[:, None] + torch.randn(count, 3, side, side), kinds


def learn(model, steps=80):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    losses = []
    for _ in range(steps):
        images, kinds = stripes(32)
        loss = F.cross_entropy(model(images), kinds)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    images, kinds = stripes(500)
    with torch.no_grad():
        right = (model.eval()(images).argmax(1) == kinds).float().mean()
    return losses, float(right)


figure, axis = plt.subplots(figsize=(7, 3.5))
for blocks in (4, 12):
    for skips, style in ((True, "-"), (False, "--")):
        torch.manual_seed(0)
        model = narrow(blocks, skips)
        parameters = sum(weights.numel() for weights in model.parameters())
        losses, right = learn(model)
        name = f"{2 * blocks + 2}, {'F(x) + x' if skips else 'F(x)'}"
        axis.plot(losses, style, label=name)
        print(f"{name:14} {parameters:7} {sum(losses[-10:]) / 10:6.2f} {right:7.1%}")
axis.set_ylabel("loss")
axis.legend()
plt.show()

# %% [markdown] lang="fr"
# Le tableau donne, pour chaque réseau : la profondeur, le nombre de paramètres, la perte moyenne des dix derniers pas, la part de réponses justes
# sur des images nouvelles.
#
# À toi d'observer : à profondeur égale, quel réseau apprend ? Que devient chacun des deux quand la profondeur passe de 10 à 26 ? Les deux
# réseaux d'une même profondeur ont exactement autant de paramètres : d'où vient alors l'écart ? Change le pas d'apprentissage ou la profondeur, et regarde
# encore.

# %% [markdown] lang="en"
# For each network, the table gives: the depth, the number of parameters, the mean loss of the last ten steps, the share of right answers on new
# images.
#
# Over to you: at the same depth, which network learns? What becomes of each of the two when the depth goes from 10 to 26? The two
# networks of one depth have exactly as many parameters: where does the gap come from, then? Change the learning rate or the depth and
# look again.
